# SPDX-License-Identifier: Apache-2.0
"""The yardstick: loads several servers side by side and compares them. Started by scripts/bench."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import signal
import subprocess
import sys
import time

import loads
import report
import servers
from servers import ROOT, Server, Unavailable

TOOLS = ROOT / "target" / "bench"
DEFAULT_SERVERS = "linkspan,floor,mosquitto,rabbitmq,artemis"
EXIT_BAD, EXIT_NOT_ACCEPTED = 5, 6

EPILOG = """\
Each row: throughput, CPU seconds of the server per million messages (all its threads), latency percentiles (at full
speed: of the queues; at 10,000 msg/s: of the way), memory. Every message is checked: a wrong count, order, byte or
acknowledgement makes the row BAD and the exit status 5. Rounds go through all servers in turn, so that a disturbance
hits all alike; the median is reported, with half the spread. rabbitmq and artemis are there for information: what they
do never changes the exit status. Link routes (to containers that the generator plays) and multicast need the router's
own configuration: those rows are the router's alone.

Memory of idle connections: growth of live heap (class histogram, which collects first) and of memory outside the heap
taken by ByteBuffer and Unsafe (native memory tracking), divided by the number of connections.

environment:
  BENCH_LINKSPAN_CMD   command line of the router; {conf} is its configuration (default: scripts/qdrouterd -c {conf})
  LINKSPAN_JAVA_HOME   Java runtime of the router      LINKSPAN_JAVA_OPTS   more JVM flags

examples:
  scripts/bench --quick
  scripts/bench --only linkspan,floor --loads 'amqp-*-100B-*' --rounds 5
  scripts/bench --compare HEAD~3 --only linkspan --loads amqp-unsettled-100B-1x1
  scripts/bench --accept
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures the router against a plain C forwarder, mosquitto, RabbitMQ and Artemis.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        metavar="SERVERS",
        default=None,
        help=f"of {DEFAULT_SERVERS} (these), chain2, chain3 (lines of routers, CPU per router)",
    )
    parser.add_argument("--loads", metavar="LOADS", default=None, help="names, * at the end for all that begin so (all)")
    parser.add_argument("--list", action="store_true", help="show the loads and end")
    parser.add_argument("--seconds", type=float, default=None, help="time measured per row (5)")
    parser.add_argument("--warm-up", type=float, default=None, metavar="SECONDS", help="time before, per row (3)")
    parser.add_argument("--rounds", type=int, default=None, help="times each row is measured (3)")
    parser.add_argument("--quick", action="store_true", help="a short look: fewer loads, 1 s, 1 round, 1,000 idle")
    parser.add_argument("--accept", action="store_true", help="judge the acceptance lines; alone: run just what they need")
    parser.add_argument("--compare", metavar="GITREF", action="append", default=[], help="add the router of a commit")
    parser.add_argument("--out", metavar="FILE", default=None, help="results/bench-DATE-COMMIT.json, and .md beside it")
    parser.add_argument("--json", action="store_true", help="print the rows as lines of JSON as they come")
    options = parser.parse_args(arguments)
    if options.list:
        for load in loads.LOADS.values():
            print(f"{load.name:32} {load.kind}")
        sys.exit(0)
    try:
        options.load_list = chosen_loads(options)
    except ValueError as wrong:
        parser.error(str(wrong))
    options.server_names = chosen_servers(options)
    for name in options.server_names:
        if name not in servers.KINDS:
            parser.error(f'there is no server "{name}"; there are {", ".join(servers.KINDS)}')
    options.seconds = options.seconds if options.seconds is not None else 1.0 if options.quick else 5.0
    options.warm_up = options.warm_up if options.warm_up is not None else 0.5 if options.quick else 3.0
    options.rounds = options.rounds if options.rounds is not None else 1 if options.quick else 3
    if options.seconds <= 0 or options.rounds < 1 or options.warm_up < 0:
        parser.error("--seconds and --rounds take positive numbers")
    options.idle = loads.QUICK_IDLE_CONNECTIONS if options.quick else loads.IDLE_CONNECTIONS
    return options


def chosen_loads(options: argparse.Namespace) -> list[loads.Load]:
    if options.loads:
        return loads.named(options.loads.split(","))
    if options.accept:
        return loads.named(list(report.ACCEPTANCE_LOADS))
    return [load for load in loads.LOADS.values() if load.quick or not options.quick]


def chosen_servers(options: argparse.Namespace) -> list[str]:
    if options.only:
        return options.only.split(",")
    if options.accept and not options.loads:
        return list(report.ACCEPTANCE_SERVERS)
    return DEFAULT_SERVERS.split(",")


class Bench:
    """One run: its servers, and the rows measured so far."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.directory = TOOLS / "run"
        self.servers: list[Server] = []
        self.rows: list[dict] = []
        self.runs = 0

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def prepare(self) -> None:
        wanted = [servers.KINDS[name](self.directory) for name in self.options.server_names]
        wanted[1:1] = [servers.Linkspan(self.directory, reference=reference) for reference in self.options.compare]
        for server in wanted:
            try:
                server.prepare()
                if any(load.kind != "idle" and takes(server, load) for load in self.options.load_list):
                    server.start()
                    server.suspend()
                self.servers.append(server)
            except Unavailable as why:
                self.say(f"{server.name} is not available: {why}")
                if not server.for_information or self.options.only:
                    raise

    def run(self) -> None:
        for round_number in range(1, self.options.rounds + 1):
            for load in self.options.load_list:
                for server in self.servers:
                    if not takes(server, load):
                        continue
                    row = self.idle(server, load) if load.kind == "idle" else self.busy(server, load)
                    row.update(server=server.name, load=load.name, round=round_number)
                    self.rows.append(row)
                    self.show(row)

    def show(self, row: dict) -> None:
        if self.options.json:
            print(json.dumps(row), flush=True)
        where = f"{row['round']}/{self.options.rounds} {row['load']:32} {row['server']:12}"
        if row["status"] == "FAILED":
            self.say(f"{where} FAILED: {row['why']}")
        elif "bytes_per_connection" in row or "rss_bytes_per_connection" in row:
            each = row.get("bytes_per_connection", row["rss_bytes_per_connection"])
            self.say(f"{where} {each / 1024:10.1f} KiB each, ready after {row['ready_after_s']:.1f} s")
        else:
            self.say(
                f"{where} {row['msg_per_s']:10,.0f} msg/s {row['server_cpu_s_per_million']:9.3f} s/M"
                f"  p50 {row['p50_us']:7.0f} p99 {row['p99_us']:7.0f} us  {row['status']}"
            )

    # -- one row ------------------------------------------------------------------------------------------------------

    def generator(self, server: Server, load: loads.Load, *more: str) -> list[str]:
        self.runs += 1  # addresses of its own for each: what a failed row left in a broker's queues disturbs nobody
        tool = TOOLS / ("aload" if load.protocol == "amqp" else "mload")
        command = [str(tool), "-j", "-L", server.name, "-P", str(server.ports[load.protocol])]
        command += [word for pid in server.pids for word in ("-p", str(pid))]
        receivers = load.receiver_port or "receivers"
        if receivers in server.ports:
            command += ["-Q", str(server.ports[receivers])]
        root = f"{server.address_root}{load.root or 'q.'}{self.runs}." if load.protocol == "amqp" else f"t/{self.runs}/"
        command += ["-a", root]
        return [*command, *load.arguments, *more]

    def busy(self, server: Server, load: loads.Load) -> dict:
        if not server.running():
            try:
                server.start()
            except Unavailable as why:
                return failed(f"it had ended and does not start again: {why}")
        server.resume()
        times = ("-t", f"{self.options.seconds:g}", "-w", f"{self.options.warm_up:g}")
        limit = self.options.seconds + self.options.warm_up + 60
        try:
            done = subprocess.run(
                self.generator(server, load, *times), capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            return failed(f"no end after {limit:.0f} s")
        finally:
            server.suspend()
        row = last_json(done.stdout)
        if row is None:
            return failed(reason(done))
        row["status"] = "OK" if row.pop("ok") and done.returncode == 0 else "BAD"
        row["rss_bytes"] = row.pop("rss_kib") * 1024
        row["server_cpu_s_per_million"] /= server.routers
        if row["status"] == "BAD":
            row["why"] = (
                f"sent {row['sent']} received {row['received']} settled {row['settled']} "
                f"out of order {row['out_of_order']} corrupt {row['corrupt']} refused {row['refused']}"
            )
        return row

    def idle(self, server: Server, load: loads.Load) -> dict:
        """Memory per connection, on a server of its own that has carried a little traffic before."""
        fresh = server.fresh(self.directory / "idle")
        holder = None
        try:
            fresh.start(fresh.memory_environment())
            subprocess.run(
                self.generator(fresh, load, "-t", "0.5", "-w", "0"), capture_output=True, timeout=60, check=False
            )
            before = fresh.memory_bytes()
            holder = subprocess.Popen(
                self.generator(fresh, load, "-I", str(self.options.idle), "-t", "600"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert holder.stdout is not None
            row = last_json(holder.stdout.readline())
            if row is None:
                _, errors = holder.communicate(timeout=30)
                return failed(errors.strip() or "the connections were not made")
            time.sleep(1)
            after = fresh.memory_bytes()
            row["status"] = "OK"
            row["connections"] = self.options.idle
            for kind in after:
                row[f"{kind}_bytes_before"] = before[kind]
                row[f"{kind}_bytes_after"] = after[kind]
                row[f"{kind}_bytes_per_connection"] = (after[kind] - before[kind]) / self.options.idle
            if "heap" in after:
                row["bytes_per_connection"] = row["heap_bytes_per_connection"] + row["direct_bytes_per_connection"]
            return row
        except (Unavailable, subprocess.TimeoutExpired) as why:
            return failed(str(why))
        finally:
            if holder is not None and holder.poll() is None:
                holder.kill()
                holder.wait()
            fresh.stop()

    # -- the end --------------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def exit_status(self, verdicts: list[report.Verdict]) -> int:
        informal = {server.name for server in self.servers if server.for_information}
        if any(row["status"] != "OK" and row["server"] not in informal for row in self.rows):
            return EXIT_BAD
        if self.options.accept and not all(verdict.passed for verdict in verdicts):
            return EXIT_NOT_ACCEPTED
        return 0


def takes(server: Server, load: loads.Load) -> bool:
    if load.kind == "idle" and not server.has_idle:
        return False
    return load.protocol in server.protocols and (server.has_address_plan or not load.root)


def failed(why: str) -> dict:
    return {"status": "FAILED", "why": " ".join(why.split())[:300]}


def last_json(text: str) -> dict | None:
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return None


def reason(done: subprocess.CompletedProcess) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    return lines[-1][len("error: ") :] if lines else f"the generator ended with status {done.returncode}"


def machine() -> dict:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_bytes": memory,
        "kernel": platform.release(),
        "load_average": os.getloadavg()[0],
    }


def git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    options = parse(sys.argv[1:])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    started = datetime.datetime.now(datetime.timezone.utc)
    commit = git("rev-parse", "--short=12", "HEAD") or "unknown"
    if git("status", "--porcelain", "--untracked-files=no"):
        commit += "-changed"
    before = machine()
    bench = Bench(options)
    try:
        bench.prepare()
        bench.run()
    except Unavailable:
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        bench.stop()

    summaries = report.summarize(bench.rows)
    verdicts = report.verdicts(summaries) if options.accept else []
    head = (
        f"# Benchmark of {commit}, {started:%Y-%m-%d %H:%M} UTC\n\n"
        f"{before['cores']} cores ({before['cpu']}), {before['memory_bytes'] / 2**30:.0f} GiB, "
        f"Linux {before['kernel']}, load average {before['load_average']:.2f} at the start; "
        f"{options.rounds} round(s) of {options.seconds:g} s after {options.warm_up:g} s; loopback; "
        f"command: scripts/bench {' '.join(sys.argv[1:])}\n\n"
    )
    text = head + report.markdown(summaries, options.seconds)
    if verdicts:
        text += "\n" + "".join(
            f"- **{'PASS' if verdict.passed else 'FAIL'}** {verdict.line}: {verdict.measured}\n" for verdict in verdicts
        )
    default = ROOT / "results" / f"bench-{started:%Y%m%d-%H%M}-{commit}.json"
    out = pathlib.Path(options.out) if options.out else default
    out.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "commit": commit,
        "started": started.isoformat(timespec="seconds"),
        "machine": before,
        "arguments": sys.argv[1:],
        "seconds": options.seconds,
        "warm_up": options.warm_up,
        "rounds": options.rounds,
        "rows": bench.rows,
        "summary": [summary.__dict__ for summary in summaries],
        "acceptance": [verdict.__dict__ for verdict in verdicts],
    }
    out.write_text(json.dumps(document, indent=1) + "\n")
    out.with_suffix(".md").write_text(text)
    print(text, file=sys.stderr if options.json else sys.stdout)
    print(f"written: {out} and {out.with_suffix('.md')}", file=sys.stderr)
    return bench.exit_status(verdicts)


if __name__ == "__main__":
    sys.exit(main())

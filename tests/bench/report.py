# SPDX-License-Identifier: Apache-2.0
"""From measured rows to medians, ratios, a Markdown table and the verdict on the acceptance lines."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

# The acceptance lines. CPU times are compared per message.
FLOOR_CPU_RATIO = 4.0
MOSQUITTO_RATE_RATIO = 3.0
MOSQUITTO_CPU_RATIO = 1 / 3
IDLE_BYTES = 20 * 1024
HOP_CPU_RATIO = 1.5
# Routers in a line are compared with one alone at the same rates (docs/adr/0012-a-hop-is-measured-at-the-same-rate.md).
HOP_LOADS = ("amqp-unsettled-100B-1x1-10k", "amqp-unsettled-100B-1x1-100k")
ACCEPTANCE_LOADS = ("amqp-unsettled-100B-1x1", "mqtt-qos1-100B-1x1", "amqp-idle-10k", *HOP_LOADS)
ACCEPTANCE_SERVERS = ("linkspan", "floor", "mosquitto", "chain2", "chain3")


@dataclass
class Summary:
    """Medians of one server under one load, over the rounds that ended well."""

    server: str
    load: str
    status: str = "OK"  # or BAD, FAILED
    why: str = ""
    rounds: int = 0
    values: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)  # (largest - smallest) / median


MEASURES = (
    "msg_per_s",
    "mb_per_s",
    "server_cpu_s_per_million",
    "generator_cpu_s_per_million",
    "p50_us",
    "p99_us",
    "rss_bytes",
    "heap_bytes_per_connection",
    "direct_bytes_per_connection",
    "bytes_per_connection",
    "rss_bytes_per_connection",
    "ready_after_s",
)


def summarize(rows: list[dict]) -> list[Summary]:
    groups: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        groups.setdefault((row["load"], row["server"]), []).append(row)
    summaries = []
    for (load, server), group in groups.items():
        summary = Summary(server, load)
        for row in group:
            if row["status"] != "OK" and summary.status != "BAD":
                summary.status, summary.why = row["status"], row.get("why", "")
        good = [row for row in group if row["status"] != "FAILED"]
        summary.rounds = len(good)
        for measure in MEASURES:
            values = [row[measure] for row in good if measure in row]
            if values:
                median = statistics.median(values)
                summary.values[measure] = median
                summary.spread[measure] = (max(values) - min(values)) / median if median else 0.0
        summaries.append(summary)
    return summaries


def find(summaries: list[Summary], server: str, load: str) -> Summary | None:
    for summary in summaries:
        if summary.server == server and summary.load == load:
            return summary
    return None


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _cpu(value: float | None, spread: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" + (f" ±{spread * 50:.0f}%" if spread else "")


def _kib(value: float | None) -> str:
    return "" if value is None else f"{value / 1024:.1f}"


def _cell(summary: Summary) -> str:
    return summary.status + (f": {summary.why}" if summary.why else "")


def markdown(summaries: list[Summary], seconds: float) -> str:
    lines = []
    busy = [s for s in summaries if "-idle-" not in s.load]
    if busy:
        lines += [
            "| load | server | msg/s | MB/s | server CPU s/M | p50 us | p99 us | RSS MiB | result |",
            "|---|---|--:|--:|--:|--:|--:|--:|---|",
        ]
        last = ""
        for s in busy:
            v = s.values
            cells = [
                s.load if s.load != last else "",
                s.server,
                _rate(v.get("msg_per_s")),
                _rate(v.get("mb_per_s")),
                _cpu(v.get("server_cpu_s_per_million"), s.spread.get("server_cpu_s_per_million")),
                _count(v.get("p50_us")),
                _count(v.get("p99_us")),
                _count(v["rss_bytes"] / 2**20) if "rss_bytes" in v else "",
                _cell(s),
            ]
            last = s.load
            lines.append("| " + " | ".join(cells) + " |")
    idle = [s for s in summaries if "-idle-" in s.load]
    if idle:
        lines += [
            "",
            "| idle connections | server | KiB each (heap + direct) | heap | direct | RSS growth | ready after s | result |",
            "|---|---|--:|--:|--:|--:|--:|---|",
        ]
        for s in idle:
            v = s.values
            cells = [s.load, s.server, _kib(v.get("bytes_per_connection"))]
            cells += [_kib(v.get("heap_bytes_per_connection")), _kib(v.get("direct_bytes_per_connection"))]
            cells += [_kib(v.get("rss_bytes_per_connection")), f"{v.get('ready_after_s', 0):.1f}", _cell(s)]
            lines.append("| " + " | ".join(cells) + " |")
    ratios = ratio_lines(summaries)
    if ratios:
        lines += ["", "| ratio | load | msg/s | CPU per message |", "|---|---|--:|--:|", *ratios]
    if seconds < 3:
        lines += ["", f"Measured for {seconds:g} s per row only: fit to see that it works, not to compare."]
    return "\n".join(lines) + "\n"


def ratio_lines(summaries: list[Summary]) -> list[str]:
    """Our rows against each other server's under the same load."""
    lines = []
    for ours in summaries:
        if not ours.server.startswith("linkspan") or "msg_per_s" not in ours.values:
            continue
        for other in summaries:
            if other.load != ours.load or other.server == ours.server or "msg_per_s" not in other.values:
                continue
            if other.server.startswith("linkspan") and ours.server != "linkspan":
                continue
            rate = ours.values["msg_per_s"] / other.values["msg_per_s"] if other.values["msg_per_s"] else 0
            cpu = other.values["server_cpu_s_per_million"]
            cpu_ratio = f"{ours.values['server_cpu_s_per_million'] / cpu:.2f}" if cpu else ""
            lines.append(f"| {ours.server} / {other.server} | {ours.load} | {rate:.2f} | {cpu_ratio} |")
    return lines


@dataclass
class Verdict:
    line: str
    measured: str
    passed: bool


def verdicts(summaries: list[Summary]) -> list[Verdict]:
    """The acceptance lines, each judged; a line that could not be measured has not passed."""
    result = []

    def judge(line: str, load: str, servers: tuple[str, ...], decide) -> None:
        found = [find(summaries, server, load) for server in servers]
        missing = [
            server
            for server, summary in zip(servers, found)
            if summary is None or summary.status != "OK" or not summary.values
        ]
        if missing:
            result.append(Verdict(line, f"no good row of {', '.join(missing)} under {load}", False))
        else:
            result.append(Verdict(line, *decide(*[summary.values for summary in found])))

    def against_floor(ours: dict, floor: dict):
        a, b = ours["server_cpu_s_per_million"], floor["server_cpu_s_per_million"]
        return f"{a:.3f} / {b:.3f} s/M = {a / b:.2f}", a <= FLOOR_CPU_RATIO * b

    def against_mosquitto(ours: dict, other: dict):
        rate = ours["msg_per_s"] / other["msg_per_s"]
        cpu = ours["server_cpu_s_per_million"] / other["server_cpu_s_per_million"]
        return (
            f"rate {rate:.1f} times, CPU {cpu:.3f} times",
            rate >= MOSQUITTO_RATE_RATIO and cpu <= MOSQUITTO_CPU_RATIO,
        )

    def hops(alone: dict, *chains: dict):
        one = alone["server_cpu_s_per_million"]
        ratios = [chain["server_cpu_s_per_million"] / one for chain in chains]
        told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        return f"{told} times {one:.3f} s/M", all(ratio <= HOP_CPU_RATIO for ratio in ratios)

    def idle(ours: dict):
        each = ours["bytes_per_connection"]
        return f"{each / 1024:.1f} KiB", each <= IDLE_BYTES

    busy, mqtt, still, *_ = ACCEPTANCE_LOADS
    judge(
        f"AMQP unsettled 100 B 1-to-1: at most {FLOOR_CPU_RATIO:g} times the floor's CPU per message",
        busy,
        ("linkspan", "floor"),
        against_floor,
    )
    judge(
        f"MQTT QoS 1 1-to-1: at least {MOSQUITTO_RATE_RATIO:g} times mosquitto's rate at a third of its CPU or less",
        mqtt,
        ("linkspan", "mosquitto"),
        against_mosquitto,
    )
    for load in HOP_LOADS:
        judge(
            f"Two and three routers in a line, {load}: each at most {HOP_CPU_RATIO:g} times the CPU per message of one",
            load,
            ("linkspan", "chain2", "chain3"),
            hops,
        )
    judge(
        f"10,000 idle AMQP connections with a link: at most {IDLE_BYTES // 1024} KiB each, heap and direct",
        still,
        ("linkspan",),
        idle,
    )
    return result

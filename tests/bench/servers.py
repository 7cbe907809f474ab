# SPDX-License-Identifier: Apache-2.0
"""The servers scripts/bench compares: how each is installed, started, measured and stopped.

A server is started once and kept for the whole run, suspended (SIGSTOP) while another is measured, so that caches and
compiled code are warm and nobody's housekeeping disturbs the others. Idle loads get a server of their own.
"""

from __future__ import annotations

import copy
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import loads

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 15


class Unavailable(Exception):
    """The server cannot be installed, built or started here; the text says why."""


def shell(script: str) -> str:
    """Runs bash lines with the functions of scripts/lib; returns what they print. What they say goes to stderr."""
    lines = f"set -euo pipefail\n. {ROOT}/scripts/lib/install.sh\n{script}\n"
    done = subprocess.run(["bash", "-c", lines], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"preparing it failed with status {done.returncode}")
    return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port: int) -> bool:
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """One kind of server. Subclasses say how to prepare and start it; the rest is the same for all."""

    name = ""
    protocols: tuple[str, ...] = ("amqp", "mqtt")
    for_information = False  # a failure of its rows does not fail the run
    is_java = False
    address_root = ""  # begins every AMQP address
    routers = 1  # CPU is told per router
    has_idle = True  # takes part in the loads of idle connections
    has_address_plan = False  # has the addresses of the loads that name a root

    def __init__(self, directory: pathlib.Path):
        self.directory = directory / self.name
        self.process: subprocess.Popen | None = None
        self.ports = {"amqp": 0, "mqtt": 0}
        self.pids = [0]
        self.log = self.directory / "log"

    def fresh(self, directory: pathlib.Path) -> Server:
        """Another instance of this server, prepared but not started."""
        other = copy.copy(self)
        other.process = None
        other.directory = directory / self.name
        other.log = other.directory / "log"
        return other

    # -- brought by the kinds ---------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Installs or builds what the server needs. Raises Unavailable."""

    def command(self) -> list[str]:
        """Writes the configuration for self.ports into self.directory and returns the command line."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def served_by(self, process: subprocess.Popen) -> list[int]:
        """The processes whose CPU and memory count."""
        return [process.pid]

    # -- the same for all ---------------------------------------------------------------------------------------------

    def start(self, extra_environment: dict[str, str] | None = None) -> None:
        if self.directory.exists():
            shutil.rmtree(self.directory)
        self.directory.mkdir(parents=True)
        self.ports = {"amqp": free_port(), "mqtt": free_port()}
        environment = {**os.environ, **self.environment(), **(extra_environment or {})}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.directory,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        awaited = [port for name, port in self.ports.items() if name in self.protocols or name not in ("amqp", "mqtt")]
        while not all(map(accepts, awaited)):
            if self.process.poll() is not None:
                raise Unavailable(f"ended with status {self.process.returncode} at its start:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise Unavailable(f"does not listen after {START_SECONDS} s:\n{self.log_tail()}")
            time.sleep(0.1)
        self.pids = self.served_by(self.process)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log_tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return ""

    def signal_all(self, number: int) -> None:
        """To the server and all it has started: it leads a process group of its own."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def suspend(self) -> None:
        self.signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal_all(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is None:
            return
        self.resume()
        self.signal_all(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        self.process = None

    # -- memory -----------------------------------------------------------------------------------------------------

    def memory_environment(self) -> dict[str, str]:
        """What a server is started with when its memory will be asked for."""
        return {"JAVA_TOOL_OPTIONS": "-XX:NativeMemoryTracking=summary"} if self.is_java else {}

    def memory_bytes(self) -> dict[str, int]:
        """Memory now. For a JVM after a full collection: bytes of live objects (class histogram), and of memory
        outside the heap taken by ByteBuffer and Unsafe, which is where Netty's buffers are ("Other" of the JVM's native
        memory tracking). For every server the resident size."""
        pid = self.pids[0]
        memory = {"rss": rss_bytes(pid)}
        if self.is_java:
            jcmd = str(pathlib.Path(os.readlink(f"/proc/{pid}/exe")).parent / "jcmd")
            if not os.access(jcmd, os.X_OK):
                jcmd = shell('ensure_jdk; echo "$JAVA_HOME/bin/jcmd"')
            # The first collection hands buffers of dead objects to the cleaner, the second counts what is left.
            ask(jcmd, pid, "GC.run")
            time.sleep(0.5)
            histogram = ask(jcmd, pid, "GC.class_histogram")
            tracking = ask(jcmd, pid, "VM.native_memory", "summary", "scale=B")
            heap = re.search(r"^Total\s+\d+\s+(\d+)", histogram, re.MULTILINE)
            direct = re.search(r"Other \(reserved=\d+B?, committed=(\d+)", tracking)
            if not heap:
                raise Unavailable("jcmd GC.class_histogram does not answer with a total")
            memory["heap"] = int(heap.group(1))
            memory["direct"] = int(direct.group(1)) if direct else 0
            memory["rss"] = rss_bytes(pid)
        return memory


def ask(jcmd: str, pid: int, *command: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "JAVA_TOOL_OPTIONS"}
    done = subprocess.run([jcmd, str(pid), *command], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Unavailable(f"jcmd {' '.join(command)} failed: {done.stdout}{done.stderr}")
    return done.stdout


def children(pid: int) -> list[int]:
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def jvm(pid: int) -> int:
    """The JVM of a router: what its launcher became, or runs."""
    while pathlib.Path(f"/proc/{pid}/comm").read_text().strip() != "java":
        below = children(pid)
        if not below:
            raise Unavailable(f"process {pid} runs no JVM")
        pid = below[0]
    return pid


def rss_bytes(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Linkspan(Server):
    """This router, from a working tree; LINKSPAN_JAVA_OPTS and LINKSPAN_JAVA_HOME reach it through its launcher.

    BENCH_LINKSPAN_CMD, when set, is the command line of the plain "linkspan" row; {conf} in it is the file.
    """

    name = "linkspan"
    is_java = True
    has_address_plan = True

    def __init__(self, directory: pathlib.Path, tree: pathlib.Path = ROOT, reference: str = ""):
        self.tree = tree
        self.reference = reference
        if reference:
            self.name = f"linkspan@{reference}".replace("/", "-")
        super().__init__(directory)

    def prepare(self) -> None:
        if self.reference:
            self.check_out()
        elif os.environ.get("BENCH_LINKSPAN_CMD"):
            return
        shell(f". {self.tree}/scripts/lib/build.sh\nensure_jdk\nensure_maven\nbuild_router >&2")

    def check_out(self) -> None:
        """A working tree of the reference, kept for the next comparison."""
        git = ["git", "-C", str(ROOT)]
        commit = subprocess.run(
            [*git, "rev-parse", "--verify", self.reference + "^{commit}"], capture_output=True, text=True, check=False
        )
        if commit.returncode:
            raise Unavailable(f"git knows no {self.reference}")
        self.tree = ROOT / "target" / "bench" / "trees" / commit.stdout.strip()[:12]
        if not self.tree.exists():
            done = subprocess.run(
                [*git, "worktree", "add", "--detach", "--force", str(self.tree), commit.stdout.strip()],
                stdout=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode:
                raise Unavailable(f"git worktree add failed for {self.reference}")

    def served_by(self, process: subprocess.Popen) -> list[int]:
        return [jvm(process.pid)]

    def command(self) -> list[str]:
        return self.start_linkspan(self.write_configuration())

    def start_linkspan(self, configuration: pathlib.Path) -> list[str]:
        """The one place that says how the router is started."""
        given = os.environ.get("BENCH_LINKSPAN_CMD")
        if given and not self.reference:
            return ["bash", "-c", "exec " + given.replace("{conf}", str(configuration))]
        return [str(self.tree / "scripts" / "qdrouterd"), "-c", str(configuration)]

    def write_configuration(self) -> pathlib.Path:
        path = self.directory / "qdrouterd.conf"
        self.ports["containers"] = free_port()
        open_to_all = "    host: 127.0.0.1\n    authenticatePeer: no\n    saslMechanisms: ANONYMOUS\n"
        listener = f"{open_to_all}    role: normal\n"
        path.write_text(
            "router {\n    mode: standalone\n    id: bench\n}\n"
            f"listener {{\n{listener}    port: {self.ports['amqp']}\n    protocols: amqp\n}}\n"
            f"listener {{\n{listener}    port: {self.ports['mqtt']}\n    protocols: mqtt\n}}\n"
            f"listener {{\n{open_to_all}    role: route-container\n    port: {self.ports['containers']}\n}}\n"
            f"linkRoute {{\n    prefix: routed\n    direction: in\n    containerId: {loads.CONTAINER}\n}}\n"
            "address {\n    prefix: multicast\n    distribution: multicast\n}\n"
            "log {\n    module: DEFAULT\n    enable: notice+\n}\n"
        )
        return path


class Chain(Linkspan):
    """Interior routers in a line: senders are at the first, receivers at the last. CPU is told per router."""

    protocols = ("amqp",)
    has_idle = False
    has_address_plan = False

    def __init__(self, directory: pathlib.Path):
        super().__init__(directory)
        self.name = f"chain{self.routers}"
        self.directory = directory / self.name
        self.log = self.directory / "log"

    def command(self) -> list[str]:
        between = [free_port() for _ in range(self.routers - 1)]
        self.ports["receivers"] = free_port()
        started = []
        for i in range(self.routers):
            path = self.directory / f"qdrouterd-{i}.conf"
            text = f"router {{\n    mode: interior\n    id: R{i}\n}}\nlog {{\n    module: DEFAULT\n    enable: notice+\n}}\n"
            loopback = "    host: 127.0.0.1\n    saslMechanisms: ANONYMOUS\n"
            clients = {0: self.ports["amqp"], self.routers - 1: self.ports["receivers"]}.get(i)
            if clients:
                text += f"listener {{\n{loopback}    authenticatePeer: no\n    protocols: amqp\n    port: {clients}\n}}\n"
            if i < self.routers - 1:
                text += f"listener {{\n{loopback}    role: inter-router\n    port: {between[i]}\n}}\n"
            if i > 0:
                text += f"connector {{\n{loopback}    role: inter-router\n    port: {between[i - 1]}\n}}\n"
            path.write_text(text)
            started.append(" ".join(self.start_linkspan(path)) + " &")
        return ["bash", "-c", " ".join(started) + " wait"]

    def start(self, extra_environment: dict[str, str] | None = None) -> None:
        super().start(extra_environment)
        deadline = time.monotonic() + START_SECONDS
        while self.known_routers() < self.routers:
            if time.monotonic() > deadline:
                self.stop()
                raise Unavailable(f"no network of {self.routers} routers after {START_SECONDS} s:\n{self.log_tail()}")

    def known_routers(self) -> int:
        """As the last one tells; 0 while it does not answer."""
        qdstat = [str(self.tree / "scripts" / "qdstat"), "-b", f"127.0.0.1:{self.ports['receivers']}", "-n"]
        told = subprocess.run(qdstat, capture_output=True, text=True, check=False).stdout
        return len(re.findall(r"^ +R\d+ ", told, re.MULTILINE))

    def served_by(self, process: subprocess.Popen) -> list[int]:
        launchers = children(process.pid)
        if len(launchers) != self.routers:
            raise Unavailable(f"{len(launchers)} processes instead of {self.routers}:\n{self.log_tail()}")
        return [jvm(launcher) for launcher in launchers]


class Chain2(Chain):
    """Two routers, one hop between them."""

    name = "chain2"
    routers = 2


class Chain3(Chain):
    """Three routers, two hops between the first and the last."""

    name = "chain3"
    routers = 3


class Floor(Server):
    """The plain C forwarder of fixed AMQP frames: the least a router can cost."""

    name = "floor"
    protocols = ("amqp",)

    def command(self) -> list[str]:
        return [str(ROOT / "target" / "bench" / "floor"), "-P", str(self.ports["amqp"])]


class Mosquitto(Server):
    """The MQTT broker of the distribution, with its defaults except that it drops nothing for want of queue."""

    name = "mosquitto"
    protocols = ("mqtt",)

    def prepare(self) -> None:
        shell("ensure_debian_stopped mosquitto")

    def command(self) -> list[str]:
        path = self.directory / "mosquitto.conf"
        path.write_text(
            f"listener {self.ports['mqtt']} 127.0.0.1\n"
            "allow_anonymous true\n"
            "max_queued_messages 0\n"  # no limit: with the default of 1000 fan-in loses messages of QoS 1
            "log_type error\n"
        )
        program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise Unavailable("mosquitto is not on the path")
        return [program, "-c", str(path)]


class RabbitMq(Server):
    """RabbitMQ of the distribution with its AMQP 1.0 and MQTT plugins, in a directory and on ports of its own."""

    name = "rabbitmq"
    for_information = True
    address_root = "/queue/"

    def prepare(self) -> None:
        shell("ensure_debian_stopped rabbitmq-server")

    def command(self) -> list[str]:
        (self.directory / "enabled_plugins").write_text("[rabbitmq_amqp1_0,rabbitmq_mqtt].\n")
        (self.directory / "advanced.config").write_text('[{rabbitmq_amqp1_0, [{default_user, "guest"}]}].\n')
        (self.directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.ports['amqp']}\n"
            f"mqtt.listeners.tcp.default = 127.0.0.1:{self.ports['mqtt']}\n"
            "mqtt.allow_anonymous = true\n"
            "log.console.level = error\n"
        )
        program = pathlib.Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        if not program.exists():
            raise Unavailable(f"{program} is missing")
        # The port mapper goes into the server's process group, and so ends with it.
        mapper = "epmd -port $ERL_EPMD_PORT & exec "
        return ["bash", "-c", mapper + str(program)]

    def environment(self) -> dict[str, str]:
        here = str(self.directory)
        return {
            "HOME": here,
            "RABBITMQ_NODENAME": "bench@localhost",
            "RABBITMQ_MNESIA_BASE": here + "/mnesia",
            "RABBITMQ_LOG_BASE": here,
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": here + "/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": here + "/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": here + "/enabled_plugins",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def served_by(self, process: subprocess.Popen) -> list[int]:
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    name = (entry / "comm").read_text().strip()
                    group = os.getpgid(int(entry.name))
                except (OSError, ProcessLookupError):
                    continue
                if name == "beam.smp" and group == process.pid:
                    return [int(entry.name)]
        raise Unavailable("its Erlang process is not to be found")


class Artemis(Server):
    """Apache Artemis from Maven Central, embedded in a small launcher, without storage."""

    name = "artemis"
    for_information = True
    is_java = True
    build = ROOT / "target" / "bench" / "artemis"

    def prepare(self) -> None:
        shell(f"ensure_jdk\nensure_maven\n. {ROOT}/scripts/lib/interop.sh\nensure_artemis")
        self.java = shell('ensure_jdk; echo "$JAVA_HOME/bin/java"')

    def command(self) -> list[str]:
        class_path = f"{self.build}/artemis.jar:{self.build}/lib/*"
        ports = [str(self.ports["amqp"]), str(self.ports["mqtt"])]
        launcher = "io.linkspan.bench.ArtemisLauncher"
        return [self.java, "-Xmx1g", "-cp", class_path, launcher, *ports, str(self.directory / "data")]


KINDS: dict[str, type[Server]] = {kind.name: kind for kind in (Linkspan, Chain2, Chain3, Floor, Mosquitto, RabbitMq, Artemis)}

# SPDX-License-Identifier: Apache-2.0
"""The loads scripts/bench runs: what each is called and which generator makes it."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = {"100B": 100, "1KiB": 1024, "100KiB": 100 * 1024}
# Messages of one sender that may be on their way: far more than a router's credit window, little enough that a broker
# does not end in a backlog that takes longer to drain than the run.
AMQP_WINDOW = {"100B": 5000, "1KiB": 5000, "100KiB": 200}
MQTT_WINDOW = {"100B": 1000, "1KiB": 1000, "100KiB": 200}
FIXED_RATES = {"10k": 10_000, "100k": 100_000}
IDLE_CONNECTIONS = 10_000
QUICK_IDLE_CONNECTIONS = 1_000
CONTAINER = "bench-container"  # its link route has the prefix "routed"


@dataclass(frozen=True)
class Load:
    """One load: the protocol it speaks, and the arguments of aload (AMQP) or mload (MQTT)."""

    name: str
    protocol: str  # "amqp" or "mqtt"
    kind: str  # "throughput", "latency" or "idle"
    arguments: tuple[str, ...]
    quick: bool = False  # part of --quick
    root: str = ""  # begins its addresses at a server with an address plan, which others do not have
    receiver_port: str = ""  # the port of that server at which its receivers are, where it is another


def _amqp() -> list[Load]:
    loads = []
    for mode, flags in (("presettled", ()), ("unsettled", ("-u",))):
        for size, count in SIZES.items():
            for pairs in (1, 4):
                pair_flags = ("-S", str(pairs), "-R", str(pairs), "-A", str(pairs))
                arguments = ("-m", str(count), "-W", str(AMQP_WINDOW[size]), *pair_flags, *flags)
                quick = pairs == 1 and size != "1KiB"
                loads.append(Load(f"amqp-{mode}-{size}-{pairs}x{pairs}", "amqp", "throughput", arguments, quick))
    for name, rate in FIXED_RATES.items():
        arguments = ("-m", "100", "-u", "-r", str(rate))
        loads.append(Load(f"amqp-unsettled-100B-1x1-{name}", "amqp", "latency", arguments, name == "10k"))
    loads.append(
        Load(
            "amqp-unsettled-100B-1000x1000",
            "amqp",
            "throughput",
            ("-m", "100", "-u", "-W", "10", "-S", "1000", "-R", "1000", "-A", "1000"),
        )
    )
    for mode, flags in (("presettled", ()), ("unsettled", ("-u",))):
        loads.append(
            Load(
                f"amqp-linkroute-{mode}-100B-1x1",
                "amqp",
                "throughput",
                ("-m", "100", "-W", str(AMQP_WINDOW["100B"]), "-c", CONTAINER, *flags),
                root="routed.",
                receiver_port="containers",
            )
        )
    loads.append(
        Load(
            "amqp-multicast-unsettled-100B-1x100",
            "amqp",
            "throughput",
            ("-m", "100", "-u", "-M", "-W", "100", "-S", "1", "-R", "100"),
            root="multicast.",
        )
    )
    loads.append(Load("amqp-idle-10k", "amqp", "idle", (), True))
    return loads


def _mqtt() -> list[Load]:
    shapes = {
        "1x1": (),
        "4x4": ("-S", "4", "-R", "4", "-A", "4"),
        "fanin8": ("-S", "8", "-R", "1", "-A", "8", "-x"),
        "fanout8": ("-S", "1", "-R", "8", "-A", "1"),
    }
    loads = []
    for qos in (0, 1):
        for size, count in SIZES.items():
            for shape, flags in shapes.items():
                if size != "100B" and shape != "1x1":
                    continue
                arguments = ("-m", str(count), "-W", str(MQTT_WINDOW[size]), "-q", str(qos), *flags)
                quick = size == "100B" and shape == "1x1"
                loads.append(Load(f"mqtt-qos{qos}-{size}-{shape}", "mqtt", "throughput", arguments, quick))
    arguments = ("-m", "100", "-q", "1", "-r", str(FIXED_RATES["10k"]))
    loads.append(Load("mqtt-qos1-100B-1x1-10k", "mqtt", "latency", arguments, True))
    loads.append(Load("mqtt-idle-10k", "mqtt", "idle", ()))
    return loads


LOADS: dict[str, Load] = {load.name: load for load in _amqp() + _mqtt()}


def named(names: list[str]) -> list[Load]:
    """The loads with these names; a name may end in * to mean all that begin so. Raises ValueError for none."""
    chosen: list[Load] = []
    for name in names:
        found = [load for load in LOADS.values() if load.name == name]
        if name.endswith("*"):
            found = [load for load in LOADS.values() if load.name.startswith(name[:-1])]
        if not found:
            raise ValueError(f'there is no load "{name}"; scripts/bench --list shows them')
        chosen += [load for load in found if load not in chosen]
    return chosen

# SPDX-License-Identifier: Apache-2.0
"""What the Python clients of the interop tests share: commands, events, bodies. See ../README.md."""

import hashlib
import json
import sys
import threading

SHOWN_LIMIT = 200


class Command:
    """One line that a test tells a client: a name, words, and options (--key=value, --flag)."""

    def __init__(self, line):
        parts = line.split()
        self.name = parts[0]
        self.words = []
        self.options = {}
        for part in parts[1:]:
            if part.startswith("--"):
                key, _, value = part[2:].partition("=")
                self.options.setdefault(key, []).append(value)
            else:
                self.words.append(part)

    def has(self, option):
        return option in self.options

    def option(self, option, otherwise=None):
        return self.options[option][0] if option in self.options else otherwise


_lock = threading.Lock()


def emit(event, **members):
    """Writes one event; members that are None are left out."""
    line = {"event": event}
    line.update((key, value) for key, value in members.items() if value is not None)
    with _lock:
        print(json.dumps(line, default=str), flush=True)


def read_commands(execute):
    """Calls execute(Command) for each line of standard input until `quit` or its end."""
    for line in sys.stdin:
        if line.strip() == "quit":
            return
        if line.strip():
            command = Command(line)
            try:
                execute(command)
            except Exception as e:  # Whatever it is, the test has to see it.
                emit("failed", command=command.name, error=repr(e))


def text(link, n, size):
    value = "%s-%d" % (link, n)
    if size <= 0:
        return value
    return ((value + "/") * (size // (len(value) + 1) + 1))[:size]


def shown(value):
    """A body or property as an event shows it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value)
        return digest(value) if len(value) > SHOWN_LIMIT else {"binary": value.hex()}
    if isinstance(value, str) and len(value) > SHOWN_LIMIT:
        return digest(value.encode("utf-8"))
    if isinstance(value, dict):
        return {str(key): shown(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    return value


def digest(value):
    return {"length": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def typed(property_text):
    """Key and value of a property given as key:type:value with type s, i, b or d."""
    key, kind, value = property_text.split(":", 2)
    if kind == "i":
        return key, int(value)
    if kind == "b":
        return key, value == "true"
    if kind == "d":
        return key, float(value)
    return key, value

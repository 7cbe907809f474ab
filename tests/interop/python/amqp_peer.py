# SPDX-License-Identifier: Apache-2.0
"""The AMQP client of Apache Qpid Proton for Python. See ../README.md for its commands and events.

The container runs on the main thread; commands come in from a second thread by way of an event injector.
"""

import os
import threading

import proton
from proton import Delivery, Disposition, Endpoint, Link, Message, int32, symbol
from proton.handlers import MessagingHandler
from proton.reactor import ApplicationEvent, Container, EventInjector, LinkOption

from peer import emit, read_commands, shown, text, typed

STATES = {
    Delivery.ACCEPTED: "accepted",
    Delivery.REJECTED: "rejected",
    Delivery.RELEASED: "released",
    Delivery.MODIFIED: "modified",
}


class Settled(LinkOption):
    def apply(self, link):
        link.snd_settle_mode = Link.SND_SETTLED


class Unsettled(LinkOption):
    def apply(self, link):
        link.snd_settle_mode = Link.SND_UNSETTLED


class Capability(LinkOption):
    def __init__(self, capability):
        self.capability = capability

    def apply(self, link):
        link.source.capabilities.put_object(symbol(self.capability))


def condition(endpoint):
    remote = endpoint.remote_condition
    return {"condition": remote.name, "description": remote.description} if remote else {}


def body(command, link, n):
    kind = command.option("body", "text")
    size = int(command.option("size", 0))
    if kind == "data":
        return text(link, n, size).encode("utf-8"), True
    if kind == "map":
        return {"text": "x", "number": int32(5), "yes": True}, False
    if kind in ("list", "sequence"):
        return ["one", int32(2), True], kind == "sequence"
    if kind == "integer":
        return int32(42), False
    if kind == "boolean":
        return True, False
    if kind == "null":
        return None, False
    return text(link, n, size), False


def message(command, link, n):
    value, inferred = body(command, link, n)
    made = Message(body=value, inferred=inferred)
    made.durable = command.has("durable")
    made.priority = int(command.option("priority", 4))
    if command.has("ttl"):
        made.ttl = int(command.option("ttl")) / 1000
    made.id = command.option("message-id")
    made.address = command.option("to")
    made.subject = command.option("subject")
    made.reply_to = command.option("reply-to")
    made.correlation_id = command.option("correlation-id")
    if command.has("content-type"):
        made.content_type = symbol(command.option("content-type"))
    made.group_id = command.option("group-id")
    properties = {}
    for given in command.options.get("property", []):
        key, value = typed(given)
        properties[key] = int32(value) if type(value) is int else value
    made.properties = properties or None
    return made.encode()


def described(link, n, delivery, raw):
    """The event of a message. The raw bytes tell the section, which the message class does not."""
    made = Message()
    made.decode(raw)
    section = "value"
    if made.inferred:
        section = "data" if isinstance(made.body, (bytes, memoryview)) else "sequence"
    emit(
        "message",
        link=link,
        n=n,
        settled=delivery.settled,
        section=section,
        body=shown(made.body),
        durable=made.durable,
        priority=made.priority,
        ttl=round(made.ttl * 1000) or None,
        messageId=shown(made.id),
        to=made.address,
        subject=made.subject,
        replyTo=made.reply_to,
        correlationId=shown(made.correlation_id),
        contentType=str(made.content_type) if made.content_type else None,
        groupId=made.group_id,
        properties={key: shown(value) for key, value in (made.properties or {}).items()},
        annotations={str(key): shown(value) for key, value in (made.annotations or {}).items()},
        raw=raw.hex() if len(raw) <= 4096 else None,
    )


class Peer(MessagingHandler):
    def __init__(self, injector):
        super().__init__(prefetch=0, auto_accept=False, auto_settle=False)
        self.injector = injector
        self.reset()

    def reset(self):
        self.connection = None
        self.links = {}
        self.options = {}
        self.counters = {}
        self.waiting = {}
        self.unsettled = {}
        self.held = {}
        self.partial = {}
        self.draining = set()

    def on_start(self, event):
        self.container = event.container
        self.container.selectable(self.injector)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        read_commands(lambda command: self.injector.trigger(ApplicationEvent("command", subject=command)))
        os._exit(0)

    def on_command(self, event):
        command = event.subject
        try:
            getattr(self, "do_" + command.name.replace("-", "_"))(command, *command.words)
        except Exception as e:  # Whatever it is, the test has to see it.
            emit("failed", command=command.name, error=repr(e))

    # Commands

    def do_connect(self, command, url):
        self.reset()
        self.connection = self.container.connect(
            url, reconnect=False, heartbeat=30, allowed_mechs=command.option("mechanisms", "ANONYMOUS")
        )

    def do_sender(self, command, name, address):
        target = None if address == "-" else address
        options = Settled() if command.has("settled") else Unsettled()
        link = self.container.create_sender(self.connection, target, name=name, options=options)
        self.opened(name, link, command)
        self.waiting[name] = []

    def do_receiver(self, command, name, address):
        options = [Settled() if command.has("settled") else Unsettled()]
        if command.has("capability"):
            options.append(Capability(command.option("capability")))
        if address == "-":
            link = self.container.create_receiver(self.connection, None, name=name, dynamic=True, options=options)
        else:
            link = self.container.create_receiver(self.connection, address, name=name, options=options)
        self.opened(name, link, command)
        link.flow(int(command.option("credit", 100)))
        self.held[name] = []

    def opened(self, name, link, command):
        self.links[name] = link
        self.options[name] = command
        self.counters[name] = 0

    def do_send(self, command, name, count):
        for _ in range(int(count)):
            n = self.counters[name]
            self.counters[name] += 1
            self.waiting[name].append((n, message(command, name, n)))
        self.pump(self.links[name])

    def do_send_raw(self, command, name, encoded):
        n = self.counters[name]
        self.counters[name] += 1
        self.waiting[name].append((n, bytes.fromhex(encoded)))
        self.pump(self.links[name])

    def do_dispose(self, command, name, state, count):
        for _ in range(int(count)):
            delivery = self.held[name].pop(0)
            if state == "rejected":
                delivery.local.condition = proton.Condition(
                    command.option("condition"), command.option("description")
                )
            if state == "modified":
                delivery.local.failed = command.has("failed")
                delivery.local.undeliverable = command.has("undeliverable")
            delivery.update({value: key for key, value in STATES.items()}[state])
            delivery.settle()

    def do_credit(self, command, name, count):
        self.links[name].flow(int(count))

    def do_drain(self, command, name):
        self.draining.add(name)
        self.links[name].drain_mode = True
        self.links[name].drain(0)

    def do_status(self, command, name):
        emit("status", link=name, credit=self.links[name].credit)

    def do_detach(self, command, name):
        self.links[name].close()

    def do_close(self, command):
        self.connection.close()

    # Events

    def on_connection_opened(self, event):
        remote = event.connection
        emit(
            "open",
            container=remote.remote_container,
            offered=[str(item) for item in list(remote.remote_offered_capabilities or [])],
            product=(remote.remote_properties or {}).get(symbol("product")),
        )

    def on_connection_closed(self, event):
        emit("closed", **condition(event.connection))
        event.connection.close()

    def on_connection_error(self, event):
        self.on_connection_closed(event)

    def on_transport_error(self, event):
        emit("lost", **condition_of(event.transport))

    def on_disconnected(self, event):
        if self.connection is not None and self.connection.state & Endpoint.REMOTE_ACTIVE:
            emit("lost")

    def on_link_opened(self, event):
        link = event.link
        terminus = link.remote_target if link.is_sender else link.remote_source
        # A refusal is an attach without the terminus that matters, then a detach with the error.
        if terminus.address is not None or self.options[link.name].words[1] == "-":
            emit("attached", link=link.name, address=terminus.address)

    def on_link_error(self, event):
        self.on_link_closed(event)

    def on_link_closed(self, event):
        emit("detached", link=event.link.name, **condition(event.link))
        event.link.close()

    def on_link_flow(self, event):
        link = event.link
        if link.is_sender:
            if link.drain_mode and not self.waiting[link.name]:
                link.drained()
            self.pump(link)
        else:
            self.check_drained(link)

    def check_drained(self, link):
        if link.name in self.draining and link.credit == 0 and link.name not in self.partial:
            self.draining.remove(link.name)
            link.drain_mode = False
            emit("drained", link=link.name)

    def pump(self, link):
        waiting = self.waiting[link.name]
        while link.credit > 0 and waiting:
            n, encoded = waiting.pop(0)
            delivery = link.delivery(link.delivery_tag())
            link.send(encoded)
            link.advance()
            if link.snd_settle_mode == Link.SND_SETTLED:
                delivery.settle()
                emit("sent", link=link.name, n=n)
            else:
                self.unsettled[link.name, delivery.tag] = n

    def on_delivery(self, event):
        delivery = event.delivery
        if event.link.is_receiver:
            self.received(event.link, delivery)
        elif delivery.updated and delivery.settled and (event.link.name, delivery.tag) in self.unsettled:
            n = self.unsettled.pop((event.link.name, delivery.tag))
            remote = delivery.remote
            error = remote.condition if remote.type == Disposition.REJECTED else None
            modified = remote.type == Disposition.MODIFIED
            emit(
                "outcome",
                link=event.link.name,
                n=n,
                state=STATES.get(delivery.remote_state, "none"),
                condition=error.name if error else None,
                description=error.description if error else None,
                failed=remote.failed if modified else None,
                undeliverable=remote.undeliverable if modified else None,
            )
            delivery.settle()

    def received(self, link, delivery):
        if delivery.aborted:
            self.partial.pop(link.name, None)
            emit("aborted", link=link.name)
            delivery.settle()
            return
        if delivery.readable and delivery.pending:
            self.partial.setdefault(link.name, bytearray()).extend(link.recv(delivery.pending))
        if not delivery.readable or delivery.partial:
            return
        raw = bytes(self.partial.pop(link.name, b""))
        link.advance()
        n = self.counters[link.name]
        self.counters[link.name] += 1
        described(link.name, n, delivery, raw)
        command = self.options[link.name]
        if command.has("manual") and not delivery.settled:
            self.held[link.name].append(delivery)
        else:
            delivery.update(Delivery.ACCEPTED)
            delivery.settle()
        if not command.has("credit"):
            link.flow(1)
        self.check_drained(link)


def condition_of(transport):
    error = transport.condition
    return {"condition": error.name, "description": error.description} if error else {}


if __name__ == "__main__":
    Container(Peer(EventInjector())).run()

# SPDX-License-Identifier: Apache-2.0
"""Eclipse Paho for Python. See ../README.md for its commands and events."""

import os
import threading
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from peer import emit, read_commands, shown, text

VERSIONS = {"3": mqtt.MQTTv31, "4": mqtt.MQTTv311, "5": mqtt.MQTTv5}


class Peer:
    def __init__(self):
        self.lock = threading.Lock()

    def execute(self, command):
        getattr(self, "do_" + command.name)(command, *command.words)

    def do_connect(self, command, url):
        parts = urlsplit(url)
        self.version = command.option("version", "4")
        self.requests = {}
        self.answers = {}
        self.counters = {}
        self.client = client = mqtt.Client(
            client_id=command.option("id", ""),
            clean_session=None if self.version == "5" else True,
            protocol=VERSIONS[self.version],
            transport="websockets" if parts.scheme == "ws" else "tcp",
            reconnect_on_failure=False,
        )
        if parts.scheme == "ws":
            client.ws_set_options(path=parts.path)
        client.on_connect = self.connected
        client.on_disconnect = self.disconnected
        client.on_message = self.message
        client.on_subscribe = self.subscribed
        client.on_unsubscribe = self.unsubscribed
        client.on_publish = self.published
        client.connect(parts.hostname, parts.port, keepalive=30)
        client.loop_start()

    def do_subscribe(self, command, topic_filter, qos):
        _, mid = self.client.subscribe(topic_filter, int(qos))
        self.pending("subscribed", mid, {"filter": topic_filter})

    def do_unsubscribe(self, command, topic_filter):
        _, mid = self.client.unsubscribe(topic_filter)
        self.pending("unsubscribed", mid, {"filter": topic_filter})

    def do_publish(self, command, topic, qos, count):
        properties = self.properties(command)
        for _ in range(int(count)):
            n = self.counters.get(topic, 0)
            self.counters[topic] = n + 1
            aliased = command.has("alias") and n > 0
            body = text(topic, n, int(command.option("size", 0)))
            sent = self.client.publish("" if aliased else topic, body, int(qos), properties=properties)
            self.pending("published", sent.mid, {"topic": topic, "n": n})

    def do_disconnect(self, command):
        self.client.disconnect()
        self.client.loop_stop()

    @staticmethod
    def properties(command):
        made = Properties(PacketTypes.PUBLISH)
        if command.has("alias"):
            made.TopicAlias = int(command.option("alias"))
        if command.has("content-type"):
            made.ContentType = command.option("content-type")
        if command.has("response-topic"):
            made.ResponseTopic = command.option("response-topic")
        if command.has("correlation"):
            made.CorrelationData = bytes.fromhex(command.option("correlation"))
        if command.has("expiry"):
            made.MessageExpiryInterval = int(command.option("expiry"))
        if command.has("format"):
            made.PayloadFormatIndicator = 1
        for given in command.options.get("user", []):
            made.UserProperty = tuple(given.split(":", 1))
        return None if made.isEmpty() else made

    # Callbacks, on the library's thread

    def connected(self, client, userdata, flags, reason, properties=None):
        code = getattr(reason, "value", reason)
        if code:
            emit("refused", reason=code)
            return
        emit(
            "connected",
            reason=code,
            session=bool(flags["session present"]),
            maximumQos=getattr(properties, "MaximumQoS", None),
            aliases=getattr(properties, "TopicAliasMaximum", None),
            assigned=getattr(properties, "AssignedClientIdentifier", None),
        )

    def disconnected(self, client, userdata, reason, properties=None):
        code = getattr(reason, "value", reason)
        emit("disconnected" if code == 0 or properties else "lost", reason=code)

    def message(self, client, userdata, message):
        properties = getattr(message, "properties", None)
        correlation = getattr(properties, "CorrelationData", None)
        user = getattr(properties, "UserProperty", None)
        emit(
            "message",
            topic=message.topic,
            qos=message.qos,
            retain=bool(message.retain),
            dup=bool(message.dup),
            body=shown(message.payload.decode("utf-8", "replace")),
            contentType=getattr(properties, "ContentType", None),
            responseTopic=getattr(properties, "ResponseTopic", None),
            correlation=correlation.hex() if correlation is not None else None,
            expiry=getattr(properties, "MessageExpiryInterval", None),
            format=getattr(properties, "PayloadFormatIndicator", None) or None,
            user=[list(pair) for pair in user] if user else None,
        )

    def subscribed(self, client, userdata, mid, granted, properties=None):
        self.answer("subscribed", mid, {"codes": [getattr(code, "value", code) for code in granted]})

    def unsubscribed(self, client, userdata, mid, properties=None, reasons=None):
        codes = [reasons.value] if hasattr(reasons, "value") else [code.value for code in reasons or []]
        self.answer("unsubscribed", mid, {"codes": codes})

    def published(self, client, userdata, mid):
        # This library does not say with which reason a publication was acknowledged.
        self.answer("published", mid, {})

    # An answer may overtake the call that sent the request and tells its packet id: the second of the two reports.

    def pending(self, event, mid, members):
        with self.lock:
            answer = self.answers.pop((event, mid), None)
            if answer is None:
                self.requests[event, mid] = members
                return
        emit(event, **members, **answer)

    def answer(self, event, mid, members):
        with self.lock:
            request = self.requests.pop((event, mid), None)
            if request is None:
                self.answers[event, mid] = members
                return
        emit(event, **request, **members)


if __name__ == "__main__":
    read_commands(Peer().execute)
    os._exit(0)

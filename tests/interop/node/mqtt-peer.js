// SPDX-License-Identifier: Apache-2.0
'use strict';
// mqtt.js. See ../README.md for its commands and events.

const mqtt = require('mqtt');
const {emit, run, text, shown} = require('./peer.js');

let client;
let manual;
let held;
let allowed;
let counters;
let ended;

function pairs(user) {
    return Object.entries(user || {}).flatMap(([key, value]) => [].concat(value).map(one => [key, one]));
}

// The topic of the packet itself is empty when an alias stands for it.
function received(topic, packet) {
    const properties = packet.properties || {};
    emit('message', {
        topic,
        qos: packet.qos,
        retain: packet.retain,
        dup: packet.dup,
        body: shown(Buffer.from(packet.payload).toString('utf8')),
        contentType: properties.contentType,
        responseTopic: properties.responseTopic,
        correlation: properties.correlationData && properties.correlationData.toString('hex'),
        expiry: properties.messageExpiryInterval,
        format: properties.payloadFormatIndicator && 1,
        user: properties.userProperties && pairs(properties.userProperties),
    });
}

function release() {
    while (allowed > 0 && held.length > 0) {
        allowed--;
        held.shift()();
    }
}

function failure(e) {
    return {reason: e && e.code, error: e && String(e.message)};
}

run({
    connect(command, url) {
        const version = command.option('version', '4');
        manual = command.has('manual');
        held = [];
        allowed = 0;
        counters = {};
        ended = false;
        client = mqtt.connect(url.replace(/^mqtt:/, 'tcp:'), {
            protocolVersion: Number(version),
            protocolId: version === '3' ? 'MQIsdp' : 'MQTT',
            clientId: command.option('id'),
            clean: true,
            keepalive: 30,
            reconnectPeriod: 0,
            connectTimeout: 10000,
            ...(command.has('will')
                ? {will: {topic: command.option('will'), payload: `will-${command.option('id')}`, qos: 1}}
                : {}),
            ...(version === '5'
                ? {properties: {
                    receiveMaximum: command.number('window', 100),
                    topicAliasMaximum: command.number('aliases', 0),
                }}
                : {}),
        });
        client.on('message', (topic, payload, packet) => received(topic, packet));
        client.handleMessage = (packet, done) => {
            if (manual && packet.qos > 0) {
                held.push(done);
                release();
            } else {
                done();
            }
        };
        client.on('connect', packet => {
            const properties = packet.properties || {};
            emit('connected', {
                reason: packet.reasonCode === undefined ? packet.returnCode : packet.reasonCode,
                session: Boolean(packet.sessionPresent),
                maximumQos: properties.maximumQoS,
                aliases: properties.topicAliasMaximum,
                assigned: properties.assignedClientIdentifier,
            });
        });
        client.on('error', e => emit('refused', failure(e)));
        client.on('disconnect', packet => emit('disconnected', {reason: packet.reasonCode}));
        client.on('close', () => {
            if (!ended) {
                emit('lost');
            }
        });
    },

    subscribe(command, filter, qos) {
        const options = {
            qos: Number(qos),
            ...(command.has('no-local') ? {nl: true} : {}),
            ...(command.has('retain-as-published') ? {rap: true} : {}),
        };
        client.subscribe(filter, options, (e, granted, packet) =>
            emit('subscribed', {filter, codes: packet ? packet.granted : e && e.packet && e.packet.granted, error: e && e.message}));
    },

    unsubscribe(command, filter) {
        client.unsubscribe(filter, (e, packet) =>
            emit('unsubscribed', {filter, codes: packet && packet.granted, error: e && e.message}));
    },

    publish(command, topic, qos, count) {
        const properties = {};
        if (command.has('alias')) {
            properties.topicAlias = command.number('alias');
        }
        if (command.has('content-type')) {
            properties.contentType = command.option('content-type');
        }
        if (command.has('response-topic')) {
            properties.responseTopic = command.option('response-topic');
        }
        if (command.has('correlation')) {
            properties.correlationData = Buffer.from(command.option('correlation'), 'hex');
        }
        if (command.has('expiry')) {
            properties.messageExpiryInterval = command.number('expiry');
        }
        if (command.has('format')) {
            properties.payloadFormatIndicator = true;
        }
        for (const given of command.all('user')) {
            const [key, ...rest] = given.split(':');
            properties.userProperties ||= {};
            (properties.userProperties[key] ||= []).push(rest.join(':'));
        }
        for (let i = 0; i < Number(count); i++) {
            const n = counters[topic] = (counters[topic] ?? -1) + 1;
            const aliased = command.has('alias') && n > 0;
            client.publish(
                aliased ? '' : topic,
                text(topic, n, command.number('size', 0)),
                {qos: Number(qos), retain: command.has('retain'), ...(Object.keys(properties).length ? {properties} : {})},
                (e, packet) => emit('published', {
                    topic,
                    n,
                    reason: e ? e.code : Number(qos) && packet ? packet.reasonCode || 0 : undefined,
                    error: e && e.message,
                }));
        }
    },

    ack(command, count) {
        // The library reads on only after a message is acknowledged, so the next one may still be on its way.
        allowed += Number(count);
        release();
    },

    drop() {
        client.stream.destroy();
    },

    disconnect() {
        ended = true;
        client.end(false, () => emit('disconnected', {reason: 0}));
    },
});

// SPDX-License-Identifier: Apache-2.0
'use strict';
// rhea. See ../README.md for its commands and events.

const rhea = require('rhea');
const WebSocket = require('ws');
const {emit, run, text, shown} = require('./peer.js');

const {types} = rhea;
let container;
let connection;
let closing;
let links;

function described(condition) {
    return condition ? {condition: condition.condition, description: condition.description} : {};
}

function body(command, link, n) {
    const size = command.number('size', 0);
    switch (command.option('body', 'text')) {
        case 'data': return rhea.message.data_section(Buffer.from(text(link, n, size)));
        case 'map': return {text: 'x', number: types.wrap_int(5), yes: true};
        case 'list': return ['one', types.wrap_int(2), true];
        case 'sequence': return rhea.message.sequence_section(['one', types.wrap_int(2), true]);
        case 'integer': return types.wrap_int(42);
        case 'boolean': return true;
        case 'null': return null;
        default: return text(link, n, size);
    }
}

function property(given) {
    const [key, type, ...rest] = given.split(':');
    const value = rest.join(':');
    switch (type) {
        case 'i': return [key, types.wrap_int(Number(value))];
        case 'b': return [key, value === 'true'];
        case 'd': return [key, types.wrap_double(Number(value))];
        default: return [key, value];
    }
}

function message(command, link, n) {
    const made = {body: body(command, link, n), durable: command.has('durable')};
    const fields = {
        priority: command.number('priority'),
        ttl: command.number('ttl'),
        message_id: command.option('message-id'),
        to: command.option('to'),
        subject: command.option('subject'),
        reply_to: command.option('reply-to'),
        correlation_id: command.option('correlation-id'),
        content_type: command.option('content-type'),
        group_id: command.option('group-id'),
    };
    for (const [key, value] of Object.entries(fields)) {
        if (value !== undefined) {
            made[key] = value;
        }
    }
    if (command.has('property')) {
        made.application_properties = Object.fromEntries(command.all('property').map(property));
    }
    return made;
}

function section(value) {
    const code = value && value.typecode;
    if (code === 0x75) {
        const content = value.multiple ? Buffer.concat(value.content) : value.content;
        return {section: 'data', body: shown(content)};
    }
    if (code === 0x76) {
        return {section: 'sequence', body: shown(value.content)};
    }
    return value === undefined ? {section: 'none'} : {section: 'value', body: shown(value)};
}

function received(context) {
    const {message: made, delivery, receiver} = context;
    const entry = links[receiver.name];
    emit('message', {
        link: receiver.name,
        n: entry.counter++,
        settled: Boolean(delivery.remote_settled),
        ...section(made.body),
        durable: Boolean(made.durable),
        priority: made.priority === undefined ? 4 : made.priority,
        ttl: made.ttl,
        messageId: shown(made.message_id),
        to: made.to,
        subject: made.subject,
        replyTo: made.reply_to,
        correlationId: shown(made.correlation_id),
        contentType: made.content_type,
        groupId: made.group_id,
        properties: shown(made.application_properties || {}),
    });
    if (entry.command.has('manual') && !delivery.remote_settled) {
        entry.held.push(delivery);
    } else {
        delivery.accept();
    }
    if (!entry.command.has('credit')) {
        receiver.add_credit(1);
    }
}

function outcome(context) {
    const {sender, delivery} = context;
    const entry = sender && links[sender.name];
    if (!entry || !entry.unsettled.has(delivery.id)) {
        return;
    }
    const n = entry.unsettled.get(delivery.id);
    entry.unsettled.delete(delivery.id);
    const remote = delivery.remote_state;
    const state = remote ? remote.constructor.composite_type : 'none';
    emit('outcome', {
        link: sender.name,
        n,
        state,
        ...(state === 'rejected' ? described(remote.error) : {}),
        ...(state === 'modified'
            ? {failed: Boolean(remote.delivery_failed), undeliverable: Boolean(remote.undeliverable_here)}
            : {}),
    });
}

function pump(sender) {
    const entry = links[sender.name];
    while (sender.sendable() && entry.waiting.length > 0) {
        const [n, made] = entry.waiting.shift();
        const delivery = sender.send(made);
        if (entry.command.has('settled')) {
            emit('sent', {link: sender.name, n});
        } else {
            entry.unsettled.set(delivery.id, n);
        }
    }
}

function opened(link, address) {
    const entry = links[link.name];
    if (address || entry.command.words[1] === '-') {
        emit('attached', {link: link.name, address});
    }
}

function listen(on) {
    on('connection_open', context => {
        const remote = context.connection.remote.open;
        emit('open', {
            container: remote.container_id,
            offered: [].concat(remote.offered_capabilities || []).map(String),
            product: remote.properties && remote.properties.product,
        });
    });
    on('connection_close', context => {
        if (closing) {
            emit('closed');
        } else {
            emit('closed', described(context.connection.error));
        }
    });
    on('connection_error', () => {});
    on('disconnected', context => {
        if (!closing) {
            emit('lost', {error: context.error && String(context.error)});
        }
    });
    on('sender_open', context => opened(context.sender, context.sender.target && context.sender.target.address));
    on('receiver_open', context =>
        opened(context.receiver, context.receiver.source && context.receiver.source.address));
    on('sender_close', context =>
        emit('detached', {link: context.sender.name, ...described(context.sender.error)}));
    on('receiver_close', context =>
        emit('detached', {link: context.receiver.name, ...described(context.receiver.error)}));
    on('sender_error', () => {});
    on('receiver_error', () => {});
    on('sendable', context => pump(context.sender));
    on('sender_draining', context => context.sender.set_drained(true));
    on('settled', outcome);
    on('message', received);
    on('receiver_drained', context => {
        // The library repeats the wish in every later flow until it is told not to.
        context.receiver.drain = false;
        emit('drained', {link: context.receiver.name});
    });
}

run({
    connect(command, url) {
        const {protocol, hostname, port} = new URL(url);
        container = rhea.create_container();
        links = {};
        closing = false;
        listen((event, handler) => container.on(event, handler));
        const options = {reconnect: false, idle_time_out: 30000, username: 'anonymous'};
        if (protocol === 'ws:') {
            const details = container.websocket_connect(WebSocket)(url, ['amqp']);
            options.connection_details = () => ({...details(), host: hostname, port});
        } else {
            Object.assign(options, {host: hostname, port: Number(port)});
        }
        connection = container.connect(options);
    },

    sender(command, name, address) {
        links[name] = {command, counter: 0, waiting: [], unsettled: new Map()};
        links[name].link = connection.open_sender({
            name,
            target: address === '-' ? {} : {address},
            snd_settle_mode: command.has('settled') ? 1 : 0,
        });
    },

    receiver(command, name, address) {
        links[name] = {command, counter: 0, held: []};
        links[name].link = connection.open_receiver({
            name,
            source: {
                ...(address === '-' ? {dynamic: true} : {address}),
                ...(command.has('capability') ? {capabilities: [command.option('capability')]} : {}),
            },
            credit_window: 0,
            autoaccept: false,
            snd_settle_mode: command.has('settled') ? 1 : 0,
        });
        links[name].link.add_credit(command.number('credit', 100));
    },

    send(command, name, count) {
        const entry = links[name];
        for (let i = 0; i < Number(count); i++) {
            const n = entry.counter++;
            entry.waiting.push([n, message(command, name, n)]);
        }
        pump(entry.link);
    },

    dispose(command, name, state, count) {
        for (let i = 0; i < Number(count); i++) {
            const delivery = links[name].held.shift();
            if (state === 'accepted') {
                delivery.accept();
            } else if (state === 'rejected') {
                delivery.reject({condition: command.option('condition'), description: command.option('description')});
            } else if (state === 'released') {
                delivery.release();
            } else {
                delivery.modified({
                    delivery_failed: command.has('failed'),
                    undeliverable_here: command.has('undeliverable'),
                });
            }
        }
    },

    credit(command, name, count) {
        links[name].link.add_credit(Number(count));
    },

    drain(command, name) {
        links[name].link.drain_credit();
    },

    status(command, name) {
        emit('status', {link: name, credit: links[name].link.credit});
    },

    detach(command, name) {
        links[name].link.close();
    },

    close() {
        closing = true;
        connection.close();
    },
});

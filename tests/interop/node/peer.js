// SPDX-License-Identifier: Apache-2.0
'use strict';
// What the Node.js clients of the interop tests share: commands, events, bodies. See ../README.md.

const crypto = require('crypto');
const readline = require('readline');

const SHOWN_LIMIT = 200;

/** One line that a test tells a client: a name, words, and options (--key=value, --flag). */
class Command {
    constructor(line) {
        const [name, ...parts] = line.trim().split(/ +/);
        this.name = name;
        this.words = [];
        this.options = {};
        for (const part of parts) {
            if (part.startsWith('--')) {
                const equals = part.indexOf('=');
                const key = equals < 0 ? part.slice(2) : part.slice(2, equals);
                (this.options[key] ||= []).push(equals < 0 ? '' : part.slice(equals + 1));
            } else {
                this.words.push(part);
            }
        }
    }

    has(option) {
        return option in this.options;
    }

    option(option, otherwise) {
        return this.has(option) ? this.options[option][0] : otherwise;
    }

    number(option, otherwise) {
        return this.has(option) ? Number(this.options[option][0]) : otherwise;
    }

    all(option) {
        return this.options[option] || [];
    }
}

/** Writes one event; members that are undefined or null are left out. */
function emit(event, members) {
    const kept = Object.entries(members || {}).filter(([, value]) => value !== undefined && value !== null);
    process.stdout.write(JSON.stringify({event, ...Object.fromEntries(kept)}) + '\n');
}

/** Calls the method of that name for each line of standard input until `quit` or its end. */
function run(commands) {
    const lines = readline.createInterface({input: process.stdin});
    lines.on('line', line => {
        if (line.trim() === 'quit') {
            process.exit(0);
        }
        if (line.trim()) {
            const command = new Command(line);
            try {
                commands[command.name](command, ...command.words);
            } catch (e) {
                emit('failed', {command: command.name, error: String(e && e.stack)});
            }
        }
    });
    lines.on('close', () => process.exit(0));
    process.on('uncaughtException', e => emit('failed', {command: 'event', error: String(e && e.stack)}));
}

function text(link, n, size) {
    const value = link + '-' + n;
    return size > 0 ? (value + '/').repeat(Math.floor(size / (value.length + 1)) + 1).slice(0, size) : value;
}

/** A body or property as an event shows it. */
function shown(value) {
    if (Buffer.isBuffer(value)) {
        return value.length > SHOWN_LIMIT ? digest(value) : {binary: value.toString('hex')};
    }
    if (typeof value === 'string' && value.length > SHOWN_LIMIT) {
        return digest(Buffer.from(value));
    }
    if (Array.isArray(value)) {
        return value.map(shown);
    }
    if (value && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
    }
    return value;
}

function digest(bytes) {
    return {length: bytes.length, sha256: crypto.createHash('sha256').update(bytes).digest('hex')};
}

module.exports = {emit, run, text, shown};

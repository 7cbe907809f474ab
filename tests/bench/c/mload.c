// SPDX-License-Identifier: Apache-2.0
// MQTT load generator (3.1.1 and 5.0): publishers and subscribers on one thread, one connection each, packets coded by
// hand, so that it costs far less than the server under test. Every message is checked: count, order per publisher,
// each byte of the payload, and each acknowledgement's packet id. Run with --help for the options.
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PACKET_IDS = 1 << 16 };
enum packet { CONNECT = 1, CONNACK, PUBLISH, PUBACK, SUBSCRIBE = 8, SUBACK, DISCONNECT = 14 };

static struct {
    int qos;
    bool v5, wildcard;
} option;

const char *const protocol_usage =
    "usage: mload [OPTION...]\n"
    "MQTT load against 127.0.0.1; prints one row and ends with 0 when every message arrived at every subscriber, "
    "once,\n"
    "in order and intact, and 5 when not.\n"
    "  -P, --port N          server port (1883)\n"
    "  -Q, --receiver-port N server port of the receivers (that of the senders)\n"
    "  -p, --pid PID         a process whose CPU and memory are read; may be given several times\n"
    "  -L, --label TEXT      first word of the row (-)\n"
    "  -S, --senders N    (1, at most 256)    publisher and subscriber i use topic i mod A\n"
    "  -R, --receivers N   (1)                 each subscriber of a topic gets each message\n"
    "  -A, --addresses N        (1)\n"
    "  -a, --prefix TEXT     topics are TEXT0, TEXT1, ... (t/)\n"
    "  -x, --wildcard        subscribers take all topics by the filter TEXT+\n"
    "  -m, --size BYTES      payload size (100, at least 16)\n"
    "  -q, --qos N           0 or 1 (0)\n"
    "  -5, --v5              MQTT 5.0 (default: 3.1.1); Receive Maximum is kept\n"
    "  -W, --window N        messages of one publisher that may be on their way to the subscribers, and with QoS 1\n"
    "                        unacknowledged (1000)\n"
    "  -r, --rate N          fixed total rate in messages per second (0: as fast as possible; latency is then that of\n"
    "                        the queues). A message that cannot be sent when it is due counts from that time on.\n"
    "  -t, --seconds S       time measured (5)\n"
    "  -w, --warm-up S       time before (2)\n"
    "  -I, --idle N          instead of a load: N idle connections with a subscription each. Prints a line when all\n"
    "                        have subscribed, holds them until standard input ends or -t seconds have passed.\n"
    "  -n, --no-link         idle connections without the subscription\n"
    "  -j, --json            the row as one line of JSON\n"
    "  -h, --help\n";

// One connection: a publisher or a subscriber.
struct connection {
    struct peer peer;
    uint32_t receive_maximum; // a publisher's unacknowledged messages
    uint16_t packet_id;
    uint8_t *in_flight; // one flag per packet id
};

static struct connection *connection_of(const struct peer *p) {
    return (struct connection *)p;
}

struct peer *protocol_new(void) {
    struct connection *c = calloc(1, sizeof *c);
    return c ? &c->peer : NULL;
}

// ---- writing ------------------------------------------------------------------------------------------------------

static uint8_t *put_length(uint8_t *p, uint32_t length) {
    do {
        *p++ = (uint8_t)((length & 127) | (length > 127 ? 128 : 0));
        length >>= 7;
    } while (length);
    return p;
}

static uint8_t *put_text(uint8_t *p, const char *text, size_t length) {
    put16(p, (uint16_t)length);
    memcpy(p + 2, text, length);
    return p + 2 + length;
}

void protocol_open(struct peer *c) {
    char id[40];
    size_t length = (size_t)snprintf(id, sizeof id, "mload%d-%d", (int)getpid(), c->index);
    uint8_t *p = buffer_room(&c->stream.out, 100), *begin = p;
    *p++ = CONNECT << 4;
    p = put_length(p, (uint32_t)(10 + option.v5 + 2 + length));
    p = put_text(p, "MQTT", 4);
    *p++ = option.v5 ? 5 : 4;
    *p++ = 2; // clean session
    put16(p, 0);
    p += 2; // no keep-alive
    if (option.v5) {
        *p++ = 0; // no properties
    }
    p = put_text(p, id, length);
    c->stream.out.end += (size_t)(p - begin);
}

static void write_subscribe(struct peer *c) {
    char filter[64];
    size_t length = (size_t)snprintf(filter, sizeof filter, option.wildcard ? "%s+" : "%s",
                                     option.wildcard ? load.prefix : c->address);
    uint8_t *p = buffer_room(&c->stream.out, 100), *begin = p;
    *p++ = SUBSCRIBE << 4 | 2;
    p = put_length(p, (uint32_t)(2 + option.v5 + 2 + length + 1));
    put16(p, 1);
    p += 2;
    if (option.v5) {
        *p++ = 0;
    }
    p = put_text(p, filter, length);
    *p++ = (uint8_t)option.qos;
    c->stream.out.end += (size_t)(p - begin);
}

// ---- publishing -----------------------------------------------------------------------------------------------------

bool protocol_in_message(const struct peer *p) {
    (void)p;
    return false; // a message is written whole
}

bool protocol_write(struct peer *p, uint64_t born_ns) {
    struct connection *c = connection_of(p);
    if (!load_may_send(p) || (option.qos && p->sent - p->settled >= c->receive_maximum)) {
        return false;
    }
    const struct stamp stamp = {.sequence = p->sent, .sender = p->number, .born_ns = born_ns};
    const size_t topic = strlen(p->address);
    const uint32_t length = (uint32_t)(2 + topic + (option.qos ? 2 : 0) + (option.v5 ? 1 : 0) + load.payload_bytes);
    uint8_t *at = buffer_room(&p->stream.out, length + 5), *begin = at;
    *at++ = (uint8_t)(PUBLISH << 4 | option.qos << 1);
    at = put_length(at, length);
    at = put_text(at, p->address, topic);
    if (option.qos) {
        do {
            c->packet_id++;
        } while (!c->packet_id || c->in_flight[c->packet_id]);
        c->in_flight[c->packet_id] = 1;
        put16(at, c->packet_id);
        at += 2;
    }
    if (option.v5) {
        *at++ = 0;
    }
    stamp_write(at, &stamp);
    memcpy(at + STAMP_BYTES, payload_rest(&stamp), load.payload_bytes - STAMP_BYTES);
    p->stream.out.end += (size_t)(at + load.payload_bytes - begin);
    load_sent(p);
    return true;
}

// ---- receiving ----------------------------------------------------------------------------------------------------

// Reads a variable byte integer of at most four bytes before end; NULL when it is not complete.
static const uint8_t *get_length(const uint8_t *p, const uint8_t *end, uint32_t *value) {
    *value = 0;
    for (int shift = 0; shift < 28 && p < end; shift += 7) {
        *value |= (uint32_t)(*p & 127) << shift;
        if (!(*p++ & 128)) {
            return p;
        }
    }
    return NULL;
}

// The server's Receive Maximum bounds what a publisher may have unacknowledged (MQTT 5.0, 3.2.2.3.3).
static void on_connack(struct connection *c, const uint8_t *p, const uint8_t *end) {
    if (end - p < 2 || p[1]) {
        give_up(&c->peer, "the server refused CONNECT");
    }
    c->receive_maximum = load.window && load.window < PACKET_IDS - 1 ? load.window : PACKET_IDS - 1;
    uint32_t properties = 0;
    if (option.v5 && (p = get_length(p + 2, end, &properties))) {
        for (end = p + properties; p && p < end;) {
            switch (*p++) {
            case 0x21: // Receive Maximum
                if (get16(p) < c->receive_maximum) {
                    c->receive_maximum = get16(p);
                }
                p += 2;
                break;
            case 0x13: // Server Keep Alive
            case 0x22: // Topic Alias Maximum
                p += 2;
                break;
            case 0x11: // Session Expiry Interval
            case 0x27: // Maximum Packet Size
                p += 4;
                break;
            case 0x12: // Assigned Client Identifier
            case 0x1a: // Response Information
            case 0x1c: // Server Reference
            case 0x1f: // Reason String
                p += 2 + get16(p);
                break;
            case 0x26: // User Property
                p += 2 + get16(p);
                p += 2 + get16(p);
                break;
            default: p += 1; // the others are one byte
            }
        }
    }
    if (c->peer.sender && option.qos) {
        c->in_flight = calloc(1, PACKET_IDS);
    }
    if (c->peer.sender || load.no_link) {
        c->peer.ready = true;
    } else {
        write_subscribe(&c->peer);
    }
}

static void on_publish(struct connection *c, int flags, const uint8_t *p, const uint8_t *end) {
    const int qos = flags >> 1 & 3;
    p += 2 + get16(p);
    if (qos) {
        uint8_t acknowledgement[4] = {PUBACK << 4, 2, p[0], p[1]};
        buffer_put(&c->peer.stream.out, acknowledgement, sizeof acknowledgement);
        p += 2;
    }
    if (option.v5) {
        uint32_t properties;
        p = get_length(p, end, &properties);
        p = p ? p + properties : end;
    }
    if (qos != option.qos) {
        give_up(&c->peer, "a message came with another QoS");
    }
    if (end - p != (ptrdiff_t)load.payload_bytes) {
        give_up(&c->peer, "the payload has a wrong length");
    }
    struct stamp stamp = stamp_read(p);
    if (stamp.sender >= (uint32_t)load.senders) {
        give_up(&c->peer, "the payload bears the stamp of no publisher");
    }
    load_bytes(load.payload_bytes);
    load_received(&c->peer, &stamp,
                  memcmp(p + STAMP_BYTES, payload_rest(&stamp), load.payload_bytes - STAMP_BYTES) == 0);
}

static void on_puback(struct connection *c, const uint8_t *p, const uint8_t *end) {
    uint16_t id = get16(p);
    if (!c->in_flight || !c->in_flight[id]) {
        give_up(&c->peer, "PUBACK of a packet id that is not in use");
    }
    c->in_flight[id] = 0;
    load_settled(&c->peer, end - p <= 2 || p[2] < 0x80);
}

static void on_packet(struct connection *c, uint8_t first, const uint8_t *p, const uint8_t *end) {
    switch (first >> 4) {
    case CONNACK: on_connack(c, p, end); break;
    case SUBACK:
        if (end[-1] != option.qos) {
            give_up(&c->peer, "the subscription was refused or got another QoS");
        }
        c->peer.ready = true;
        break;
    case PUBLISH: on_publish(c, first & 15, p, end); break;
    case PUBACK: on_puback(c, p, end); break;
    case DISCONNECT: give_up(&c->peer, "the server sent DISCONNECT"); break;
    default: give_up(&c->peer, "unexpected packet");
    }
}

const uint8_t *protocol_parse(struct peer *p, const uint8_t *data, const uint8_t *end) {
    while (end - data >= 2) {
        uint32_t length;
        const uint8_t *body = get_length(data + 1, end, &length);
        if (!body && end - data >= 5) {
            give_up(p, "malformed remaining length");
        }
        if (!body || length > (size_t)(end - body)) {
            break;
        }
        on_packet(connection_of(p), *data, body, body + length);
        data = body + length;
    }
    return data;
}

void protocol_parsed(struct peer *p) {
    (void)p; // acknowledgements are written as the messages come
}

// Number of subscribers that get each message.
static uint64_t copies_of_each(void) {
    if (option.wildcard) {
        return (uint64_t)load.receivers;
    }
    if (!load.idle && load.receivers % load.addresses) {
        fail(EXIT_USAGE, "%d subscribers cannot be shared out evenly over %d topics", load.receivers, load.addresses);
    }
    return (uint64_t)(load.receivers / load.addresses);
}

int main(int count, char **arguments) {
    static const struct option names[] = {
        {"qos", 1, 0, 'q'}, {"v5", 0, 0, '5'}, {"wildcard", 0, 0, 'x'}, LOAD_LONG_OPTIONS};
    load.port = 1883;
    load.prefix = "t/";
    load.window = 1000;
    int letter;
    while ((letter = getopt_long(count, arguments, LOAD_SHORT_OPTIONS "q:5x", names, NULL)) != -1) {
        switch (letter) {
        case 'q': option.qos = (int)option_number("--qos", optarg, 0, 1); break;
        case '5': option.v5 = true; break;
        case 'x': option.wildcard = true; break;
        default: load_option(letter);
        }
    }
    if (optind < count) {
        fail(EXIT_USAGE, "unknown argument \"%s\"", arguments[optind]);
    }
    char mode[16];
    snprintf(mode, sizeof mode, "qos%d v%s", option.qos, option.v5 ? "5" : "3.1.1");
    return load_run("mload", mode, copies_of_each(), option.qos > 0);
}

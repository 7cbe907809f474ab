// SPDX-License-Identifier: Apache-2.0
// AMQP 1.0 load generator: senders and receivers on one thread, one connection, session and link each, frames coded by
// hand, so that it costs far less than the server under test. Every message is checked: count, order per sender, and
// each byte of the payload. Run with --help for the options.
#include "amqp.h"
#include "load.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    DELIVERIES = 1 << 16,     // tracked unsettled deliveries of one sender; its credit is cut to this
    SESSION_WINDOW = 1000000, // incoming-window announced, in frames
    HEAD_BYTES = 1024,        // sections before the payload plus the stamp must fit in this
};

static struct {
    int credit;
    uint32_t max_frame;
    bool unsettled, single_dispositions, sasl, multicast;
    const char *container; // the receivers' container-id: they are containers of a link route
} option = {.credit = 1000, .max_frame = 65536};

const char *const protocol_usage =
    "usage: aload [OPTION...]\n"
    "AMQP 1.0 load against 127.0.0.1; prints one row and ends with 0 when every message arrived, once, in order and\n"
    "intact, and 5 when not.\n"
    "  -P, --port N         server port (5672)\n"
    "  -Q, --receiver-port N  server port of the receivers (that of the senders)\n"
    "  -p, --pid PID        a process whose CPU and memory are read; may be given several times\n"
    "  -L, --label TEXT     first word of the row (-)\n"
    "  -S, --senders N      (1, at most 1024)   sender and receiver i use address i mod A\n"
    "  -R, --receivers N    (1)                 receivers of one address compete for its messages\n"
    "  -A, --addresses N    (1)\n"
    "  -a, --prefix TEXT    addresses are TEXT0, TEXT1, ... (q)\n"
    "  -m, --size BYTES     payload size (100, at least 16)\n"
    "  -u, --unsettled      messages are settled by the receiver's disposition (default: pre-settled)\n"
    "  -M, --multicast      every receiver of an address gets each of its messages, all of them settle it\n"
    "  -c, --container TEXT the receivers are containers with this id and take the link that the server attaches\n"
    "  -1, --single         a disposition frame for each message instead of ranges\n"
    "  -C, --credit N       credit the receivers keep open (1000)\n"
    "  -W, --window N       messages of one sender that may be on their way to the receivers (0: as credit allows)\n"
    "  -f, --frame BYTES    max-frame-size announced and, at most, sent (65536)\n"
    "  -s, --sasl           with the SASL layer, mechanism ANONYMOUS (default: the bare protocol header)\n"
    "  -r, --rate N         fixed total rate in messages per second (0: as fast as possible; latency is then that of\n"
    "                       the queues). A message that cannot be sent when it is due counts from that time on.\n"
    "  -t, --seconds S      time measured (5)\n"
    "  -w, --warm-up S      time before (2)\n"
    "  -I, --idle N         instead of a load: N idle connections with a receiver link each. Prints a line when all "
    "are\n"
    "                       attached, holds them until standard input ends or -t seconds have passed.\n"
    "  -n, --no-link        idle connections without the link\n"
    "  -j, --json           the row as one line of JSON\n"
    "  -h, --help\n";

// One connection with its session and link; a sender or a receiver.
struct connection {
    struct peer peer;
    uint32_t peer_max_frame;
    uint32_t next_outgoing, next_incoming; // session: transfer frames sent and received
    int64_t remote_window;                 // session: transfer frames the server takes

    // Sender.
    int64_t credit;
    uint32_t delivery_count;
    uint8_t *unsettled;  // one flag per delivery-id modulo DELIVERIES
    struct stamp stamp;  // message being sent
    uint32_t message_at; // bytes of it sent so far; 0 = none begun

    // Receiver.
    uint32_t delivered, credit_left, current_id;
    bool attached, current_settled, have_stamp, corrupt;
    struct range accepted;
    struct stamp incoming;
    uint32_t payload_at; // payload bytes checked
    uint8_t *head;       // start of a message whose stamp has not arrived completely
    uint32_t head_length;
};

static struct connection *connection_of(const struct peer *p) {
    return (struct connection *)p;
}

struct peer *protocol_new(void) {
    struct connection *c = calloc(1, sizeof *c);
    return c ? &c->peer : NULL;
}

// ---- set-up -------------------------------------------------------------------------------------------------------

// Begins the session, or answers the server's begin on a channel.
static void write_begin(struct buffer *out, int remote_channel) {
    struct frame f;
    frame_begin(&f, FRAME_AMQP, BEGIN);
    if (remote_channel < 0) {
        field_null(&f);
    } else {
        field_ushort(&f, (uint16_t)remote_channel);
    }
    field_uint(&f, 0);
    field_uint(&f, SESSION_WINDOW);
    field_uint(&f, 0x7fffffff);
    frame_end(&f, out);
}

static void write_open_begin_attach(struct connection *c) {
    struct buffer *out = &c->peer.stream.out;
    struct frame f;
    char name[64];
    buffer_put(out, AMQP_HEADER, sizeof AMQP_HEADER);

    const bool container = option.container && !c->peer.sender;
    int length = container ? snprintf(name, sizeof name, "%s", option.container)
                           : snprintf(name, sizeof name, "aload-%d-%d", (int)getpid(), c->peer.index);
    frame_begin(&f, FRAME_AMQP, OPEN);
    field_text(&f, 0xa1, name, (size_t)length);
    field_text(&f, 0xa1, "localhost", 9);
    field_uint(&f, option.max_frame);
    field_ushort(&f, 10);
    frame_end(&f, out);
    if (container) {
        return; // the session and the link are the server's to begin
    }
    write_begin(out, -1);
    if (load.no_link) {
        return;
    }
    length = snprintf(name, sizeof name, "link-%d-%d", (int)getpid(), c->peer.index);
    frame_begin(&f, FRAME_AMQP, ATTACH);
    field_text(&f, 0xa1, name, (size_t)length);
    field_uint(&f, 0);
    field_bool(&f, !c->peer.sender);                                 // role
    field_ubyte(&f, !c->peer.sender ? 2 : option.unsettled ? 0 : 1); // snd-settle-mode: mixed, unsettled, settled
    field_ubyte(&f, 0);                                              // rcv-settle-mode: first
    field_terminus(&f, SOURCE, c->peer.address, c->peer.sender ? 0 : strlen(c->peer.address));
    field_terminus(&f, TARGET, c->peer.address, c->peer.sender ? strlen(c->peer.address) : 0);
    if (c->peer.sender) {
        field_null(&f);
        field_null(&f);
        field_uint(&f, 0); // initial-delivery-count
    }
    frame_end(&f, out);
}

void protocol_open(struct peer *p) {
    struct connection *c = connection_of(p);
    if (p->sender && option.unsettled) {
        c->unsettled = calloc(1, DELIVERIES);
    }
    if (option.sasl) {
        buffer_put(&p->stream.out, SASL_HEADER, sizeof SASL_HEADER);
    } else {
        write_open_begin_attach(c);
    }
}

// ---- sending ------------------------------------------------------------------------------------------------------

// What comes before the payload in each message: header, message-id, a SendTime property, the data section's start.
static struct {
    uint8_t bytes[64];
    uint32_t length;
} sections;
enum { MESSAGE_ID_AT = 14, SEND_TIME_AT = 39 };

static void prepare_sections(void) {
    static const uint8_t fixed[] = {
        0,   0x53, 0x70, 0xc0, 2,  1, 0x42,                                     // header
        0,   0x53, 0x73, 0xc0, 10, 1, 0x80, 0, 0,   0,   0,   0,   0,   0,   0, // properties
        0,   0x53, 0x74, 0xc1, 20, 2, 0xa1, 8, 'S', 'e', 'n', 'd', 'T', 'i', 'm',
        'e', 0x81, 0,    0,    0,  0, 0,    0, 0,   0, // application-properties
        0,   0x53, 0x75};
    memcpy(sections.bytes, fixed, sizeof fixed);
    uint8_t *p = sections.bytes + sizeof fixed;
    if (load.payload_bytes < 256) {
        *p++ = 0xa0;
        *p++ = (uint8_t)load.payload_bytes;
    } else {
        *p++ = 0xb0;
        put32(p, load.payload_bytes);
        p += 4;
    }
    sections.length = (uint32_t)(p - sections.bytes);
}

bool protocol_in_message(const struct peer *p) {
    return connection_of(p)->message_at != 0;
}

// Writes one message, or what the session window takes of it. Returns false when it could not be finished.
bool protocol_write(struct peer *p, uint64_t born_ns) {
    struct connection *c = connection_of(p);
    struct buffer *out = &p->stream.out;
    const uint32_t head = sections.length + STAMP_BYTES;
    const uint32_t total = sections.length + load.payload_bytes;
    if (!c->message_at) {
        if (c->credit <= 0 || !load_may_send(p)) {
            return false;
        }
        c->stamp = (struct stamp){.sequence = p->sent, .sender = p->number, .born_ns = born_ns};
    }
    const uint32_t max_frame = c->peer_max_frame < option.max_frame ? c->peer_max_frame : option.max_frame;
    const uint32_t room = max_frame - TRANSFER_HEAD;
    while (c->remote_window > 0) {
        uint32_t left = total - c->message_at;
        uint32_t length = left < room ? left : room;
        uint8_t *frame = buffer_room(out, TRANSFER_HEAD + length);
        memcpy(frame, TRANSFER_FIXED, TRANSFER_HEAD);
        put32(frame, TRANSFER_HEAD + length);
        put32(frame + TRANSFER_ID_AT, c->delivery_count);
        put64(frame + TRANSFER_TAG_AT, p->sent);
        frame[TRANSFER_SETTLED_AT] = option.unsettled ? 0x42 : 0x41;
        frame[TRANSFER_MORE_AT] = length < left ? 0x41 : 0x42;
        uint8_t *body = frame + TRANSFER_HEAD;
        const uint8_t *rest = payload_rest(&c->stamp);
        if (!c->message_at) {
            memcpy(body, sections.bytes, sections.length);
            put64(body + MESSAGE_ID_AT, p->sent);
            put64(body + SEND_TIME_AT, born_ns / 1000000);
            stamp_write(body + sections.length, &c->stamp);
            memcpy(body + head, rest, length - head);
        } else {
            memcpy(body, rest + (c->message_at - head), length);
        }
        out->end += TRANSFER_HEAD + length;
        c->message_at += length;
        c->remote_window--;
        c->next_outgoing++;
        if (length == left) {
            c->message_at = 0;
            c->credit--;
            if (option.unsettled) {
                c->unsettled[c->delivery_count % DELIVERIES] = 1;
            }
            c->delivery_count++;
            load_sent(p);
            return true;
        }
    }
    return false;
}

// ---- receiving ----------------------------------------------------------------------------------------------------

static void grant_credit(struct connection *c) {
    c->credit_left = (uint32_t)option.credit;
    write_flow(&c->peer.stream.out, &(struct flow){.next_incoming = c->next_incoming,
                                                   .incoming_window = SESSION_WINDOW,
                                                   .next_outgoing = c->next_outgoing,
                                                   .outgoing_window = 0x7fffffff,
                                                   .link = true,
                                                   .handle = 0,
                                                   .delivery_count = c->delivered,
                                                   .credit = c->credit_left});
}

static void accept_range(struct connection *c) {
    if (c->accepted.any) {
        write_accepted(&c->peer.stream.out, true, c->accepted.first, c->accepted.last);
        c->accepted.any = false;
    }
}

// Finds the payload behind the sections at p: its first byte, or NULL while the stamp is not there completely.
static const uint8_t *find_payload(struct connection *c, const uint8_t *p, const uint8_t *end) {
    while (end - p >= 8) {
        if (p[0] != 0 || p[1] != 0x53) {
            give_up(&c->peer, "the message does not consist of sections");
        }
        if (p[2] == 0x75) {
            uint32_t length = p[3] == 0xa0 ? p[4] : get32(p + 4);
            p += p[3] == 0xa0 ? 5 : 8;
            if (length != load.payload_bytes) {
                give_up(&c->peer, "the payload has a wrong length");
            }
            return end - p >= STAMP_BYTES ? p : NULL;
        }
        uint32_t length = p[3] == 0xc0 || p[3] == 0xc1 ? p[4] + 5u : p[3] == 0x45 ? 4u : get32(p + 4) + 8u;
        if (length > (size_t)(end - p)) {
            return NULL;
        }
        p += length;
    }
    return NULL;
}

static void check_payload(struct connection *c, const uint8_t *p, size_t length) {
    if (c->payload_at + length > load.payload_bytes) {
        give_up(&c->peer, "the message is longer than its payload");
    }
    if (memcmp(p, payload_rest(&c->incoming) + (c->payload_at - STAMP_BYTES), length) != 0) {
        c->corrupt = true;
    }
    c->payload_at += (uint32_t)length;
}

static void take_bytes(struct connection *c, const uint8_t *p, const uint8_t *end) {
    load_bytes((uint64_t)(end - p));
    if (!c->have_stamp) {
        const uint8_t *begin = p, *limit = end;
        if (c->head_length) { // rare: the stamp did not fit in the frames before
            size_t length =
                (size_t)(end - p) < HEAD_BYTES - c->head_length ? (size_t)(end - p) : HEAD_BYTES - c->head_length;
            memcpy(c->head + c->head_length, p, length);
            begin = c->head;
            limit = c->head + c->head_length + length;
        }
        const uint8_t *payload = find_payload(c, begin, limit);
        if (!payload) {
            if (c->head_length + (size_t)(end - p) > HEAD_BYTES) {
                give_up(&c->peer, "no payload within the first bytes of a message");
            }
            if (!c->head) {
                c->head = malloc(HEAD_BYTES);
            }
            memcpy(c->head + c->head_length, p, (size_t)(end - p));
            c->head_length += (uint32_t)(end - p);
            return;
        }
        c->incoming = stamp_read(payload);
        if (c->incoming.sender >= (uint32_t)load.senders) {
            give_up(&c->peer, "the payload bears the stamp of no sender");
        }
        c->have_stamp = true;
        c->payload_at = STAMP_BYTES;
        p += payload + STAMP_BYTES - begin - c->head_length;
        c->head_length = 0;
    }
    check_payload(c, p, (size_t)(end - p));
}

static void message_complete(struct connection *c) {
    if (!c->have_stamp || c->payload_at != load.payload_bytes) {
        give_up(&c->peer, "a message ends before its payload");
    }
    load_received(&c->peer, &c->incoming, !c->corrupt);
    c->have_stamp = c->corrupt = false;
    c->delivered++;
    c->credit_left--;
    if (!c->current_settled) {
        if (c->accepted.any && c->accepted.last + 1 == c->current_id && !option.single_dispositions) {
            c->accepted.last = c->current_id;
        } else {
            accept_range(c);
            c->accepted = (struct range){.first = c->current_id, .last = c->current_id, .any = true};
        }
    }
    c->current_settled = false;
    if (c->credit_left <= (uint32_t)option.credit / 2) {
        accept_range(c);
        grant_credit(c);
    }
}

static void on_transfer(struct connection *c, const struct fields *f, const uint8_t *end) {
    c->next_incoming++;
    if (!value_null(f->at[1])) {
        c->current_id = (uint32_t)value_number(f->at[1], 0);
    }
    if (value_number(f->at[4], 0)) {
        c->current_settled = true;
    }
    if (value_number(f->at[9], 0)) {
        give_up(&c->peer, "a delivery was aborted");
    }
    take_bytes(c, f->end, end);
    if (!value_number(f->at[5], 0)) {
        message_complete(c);
    }
}

static void on_disposition(struct connection *c, const struct fields *f) {
    if (!c->peer.sender || !value_number(f->at[0], 0)) {
        return; // about the sender's state: of no interest to a receiver
    }
    uint32_t first = (uint32_t)value_number(f->at[1], 0), last = (uint32_t)value_number(f->at[2], first);
    const uint8_t *state = f->at[4];
    bool accepted = state[0] == 0 && value_number(state + 1, 0) == ACCEPTED;
    if (!accepted && !value_number(f->at[3], 0)) {
        return;
    }
    for (uint32_t id = first; id != last + 1; id++) {
        uint8_t *open = &c->unsettled[id % DELIVERIES];
        if (*open) {
            *open = 0;
            load_settled(&c->peer, accepted);
        }
    }
}

static void on_flow(struct connection *c, const struct fields *f) {
    uint32_t window = (uint32_t)value_number(f->at[1], 0);
    c->remote_window = (int32_t)((uint32_t)value_number(f->at[0], 0) + window - c->next_outgoing);
    if (window > 0x7ffffff0) {
        c->remote_window = 0x7fffffff;
    }
    if (c->peer.sender && !value_null(f->at[4])) {
        int64_t credit =
            (int32_t)((uint32_t)value_number(f->at[5], 0) + (uint32_t)value_number(f->at[6], 0) - c->delivery_count);
        int64_t trackable = DELIVERIES - (int64_t)(c->peer.sent - c->peer.settled);
        c->credit = option.unsettled && credit > trackable ? trackable : credit;
    }
}

static void on_sasl(struct connection *c, const struct fields *f) {
    if (f->code == SASL_MECHANISMS) {
        struct frame init;
        frame_begin(&init, FRAME_SASL, SASL_INIT);
        field_text(&init, 0xa3, "ANONYMOUS", 9);
        frame_end(&init, &c->peer.stream.out);
    } else if (f->code == SASL_OUTCOME) {
        if (value_number(f->at[0], 9)) {
            give_up(&c->peer, "SASL ANONYMOUS was refused");
        }
        write_open_begin_attach(c);
    }
}

// The server attaches a sender's link to this container, which takes it as it is.
static void on_routed_attach(struct connection *c, const struct fields *f) {
    if (c->attached) {
        give_up(&c->peer, "the server attached a second link");
    }
    c->attached = true;
    struct frame answer;
    frame_begin(&answer, FRAME_AMQP, ATTACH);
    field_copy(&answer, f->at[0]); // name
    field_uint(&answer, 0);
    field_bool(&answer, true); // role: receiver
    for (int i = 3; i <= 6; i++) {
        field_copy(&answer, f->at[i]); // settle modes, source, target
    }
    frame_end(&answer, &c->peer.stream.out);
}

static void on_frame(struct connection *c, const uint8_t *frame, uint32_t size) {
    if (size == frame[4] * 4u) {
        return; // empty: a sign of life
    }
    struct fields f = frame_fields(frame);
    if (frame[5] == FRAME_SASL) {
        on_sasl(c, &f);
        return;
    }
    switch (f.code) {
    case OPEN:
        c->peer_max_frame = (uint32_t)value_number(f.at[2], 0xffffffff);
        if (c->peer_max_frame < 512) {
            give_up(&c->peer, "max-frame-size below 512");
        }
        c->peer.ready = load.no_link || (option.container && !c->peer.sender);
        break;
    case BEGIN:
        c->next_incoming = (uint32_t)value_number(f.at[1], 0);
        c->remote_window = (int64_t)value_number(f.at[2], 0);
        if (option.container && !c->peer.sender) {
            write_begin(&c->peer.stream.out, get16(frame + 6));
        }
        break;
    case ATTACH:
        if (option.container && !c->peer.sender) {
            on_routed_attach(c, &f);
        }
        c->peer.ready = true;
        if (!c->peer.sender) {
            c->delivered = (uint32_t)value_number(f.at[9], 0);
            grant_credit(c);
        }
        break;
    case FLOW: on_flow(c, &f); break;
    case TRANSFER: on_transfer(c, &f, frame + size); break;
    case DISPOSITION: on_disposition(c, &f); break;
    default:
        fwrite(frame, 1, size < 300 ? size : 300, stderr);
        fputc('\n', stderr);
        give_up(&c->peer, f.code == DETACH  ? "the server detached the link"
                          : f.code == END   ? "the server ended the session"
                          : f.code == CLOSE ? "the server closed the connection"
                                            : "unknown performative");
    }
}

const uint8_t *protocol_parse(struct peer *p, const uint8_t *data, const uint8_t *end) {
    while (end - data >= 8) {
        bool header = data[0] == 'A';
        uint32_t size = header ? 8 : get32(data);
        if (size < 8) {
            give_up(p, "frame shorter than its header");
        }
        if (size > (size_t)(end - data)) {
            break;
        }
        if (!header) {
            on_frame(connection_of(p), data, size);
        }
        data += size;
    }
    return data;
}

void protocol_parsed(struct peer *p) {
    accept_range(connection_of(p));
}

int main(int count, char **arguments) {
    static const struct option names[] = {{"unsettled", 0, 0, 'u'}, {"single", 0, 0, '1'}, {"credit", 1, 0, 'C'},
                                          {"frame", 1, 0, 'f'},     {"sasl", 0, 0, 's'},   {"multicast", 0, 0, 'M'},
                                          {"container", 1, 0, 'c'}, LOAD_LONG_OPTIONS};
    load.port = 5672;
    load.prefix = "q";
    int letter;
    while ((letter = getopt_long(count, arguments, LOAD_SHORT_OPTIONS "u1C:f:sMc:", names, NULL)) != -1) {
        switch (letter) {
        case 'u': option.unsettled = true; break;
        case '1': option.single_dispositions = true; break;
        case 'C': option.credit = (int)option_number("--credit", optarg, 1, 1 << 30); break;
        case 'f': option.max_frame = (uint32_t)option_number("--frame", optarg, 512, 1 << 24); break;
        case 's': option.sasl = true; break;
        case 'M': option.multicast = true; break;
        case 'c': option.container = optarg; break;
        default: load_option(letter);
        }
    }
    if (optind < count) {
        fail(EXIT_USAGE, "unknown argument \"%s\"", arguments[optind]);
    }
    prepare_sections();
    if (option.multicast && load.receivers % load.addresses) {
        fail(EXIT_USAGE, "--multicast takes as many receivers for each address");
    }
    uint64_t copies = option.multicast ? (uint64_t)(load.receivers / load.addresses) : 1;
    return load_run("aload", option.unsettled ? "unsettled" : "presettled", copies, option.unsettled);
}

// SPDX-License-Identifier: Apache-2.0
// The floor: a forwarder of AMQP 1.0 transfers of one fixed layout, in plain C, on one thread. It does what every
// honest router must do for each message, and nothing else, so its CPU time per message is what a router's is compared
// with.
//
// For each message: check the fixed layout, pick a receiver of the sender's address that has credit (in turn), copy the
// frame to that connection's output with a new delivery-id, remember whose delivery it is. Large frames are not copied
// but sent from where they were read. For each disposition of a
// receiver: look up the sender's deliveries, merge them into ranges, tell the sender. Credit goes back to senders in
// halves of the window. One send per connection and iteration of the loop. Sender, receiver, session and socket
// back-pressure are kept: what cannot be forwarded now stays unparsed and its connection is not read.
//
// What it does not do: it knows one session and one link per connection, the layout of aload's transfers, no outcome
// but accepted, no time-outs, no management; a peer that does anything else is dropped with a message.
#define _GNU_SOURCE
#include "amqp.h"
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    MAX_LINKS = 64,           // receivers, and senders, of one address
    ADDRESS_SLOTS = 1 << 16,  // hash table of addresses; half of it may be used
    DELIVERIES = 1 << 12,     // unsettled deliveries of one receiver; grows by doubling up to ...
    MAX_DELIVERIES = 1 << 20, // ... this, then its senders wait
    HIGH_WATER = 512 * 1024,  // output of a receiver: its senders wait above this
    LOW_WATER = 128 * 1024,   // and go on below this
    SESSION_WINDOW = 0x7fffffff,
    SLICE_BYTES = 8 * 1024, // frames from this size on are sent from the input buffer
    MAX_SLICES = 8,
};

enum spoil { NOTHING, FLIP, LOSE, REPEAT };
enum { SPOIL_EVERY = 1000 };

static struct {
    int port;
    uint32_t credit, max_frame;
    enum spoil spoil;
} option = {.port = 5672, .credit = 250, .max_frame = 16384};

static const char USAGE[] =
    "usage: floor [OPTION...]\n"
    "Forwards AMQP 1.0 transfers of aload's fixed layout between the connections it accepts on 127.0.0.1: the least a\n"
    "router could do. Prints \"Listening on 127.0.0.1:PORT\" and runs until it is killed.\n"
    "  -P, --port N        port to listen on (5672)\n"
    "  -C, --credit N      credit each sender gets (250, the default linkCapacity of a router)\n"
    "  -f, --frame BYTES   max-frame-size announced (16384, the default of a router's listener)\n"
    "      --spoil KIND    spoils every 1000th pre-settled message, to see the generator notice: flip (one bit of the\n"
    "                      payload), lose, or repeat\n"
    "  -h, --help\n";

struct connection;

// An unsettled delivery sent to a receiver: whose it was.
struct origin {
    struct connection *sender;
    uint32_t delivery_id;
};

struct address {
    char name[64];
    size_t length;
    struct connection *receivers[MAX_LINKS], *senders[MAX_LINKS];
    int receiver_count, sender_count, turn;
};

// A connection with one session and at most one link. "Sender" and "receiver" are the peer's role.
struct connection {
    struct stream stream;
    bool opened, sender, receiver, dirty, blocked, gone;
    struct address *address;
    uint32_t peer_max_frame;
    uint32_t frames_received, frames_sent; // next-incoming-id and next-outgoing-id of the session

    // The peer sends.
    uint32_t delivered, returned;   // deliveries begun; credit to give back
    struct connection *in_progress; // receiver of a delivery whose last frame has not come
    struct range accepted;          // to be told to the peer

    // The peer receives.
    uint32_t limit, delivery_id;     // it may get deliveries up to, not including, `limit`; the next one's id
    uint32_t window;                 // session: frames sent up to, not including, this number
    struct connection *writer;       // sender whose delivery is not complete: others wait
    struct iovec slices[MAX_SLICES]; // frames to be sent behind `out`, still in the input buffer
    int slice_count;
    struct origin *origins; // ring by delivery-id
    uint32_t capacity, settled_up_to;
};

static struct address *table[ADDRESS_SLOTS];
static int address_count;
static struct connection **dirty; // to be flushed at the end of the iteration
static int dirty_count, dirty_capacity;

static void mark_dirty(struct connection *c) {
    if (c->dirty) {
        return;
    }
    if (dirty_count == dirty_capacity) {
        dirty_capacity = dirty_capacity ? dirty_capacity * 2 : 64;
        dirty = realloc(dirty, (size_t)dirty_capacity * sizeof *dirty);
    }
    c->dirty = true;
    dirty[dirty_count++] = c;
}

static struct address *address_of(const uint8_t *name, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ name[i]) * 16777619u;
    }
    for (;; hash++) {
        struct address **slot = &table[hash % ADDRESS_SLOTS];
        if (!*slot) {
            if (++address_count > ADDRESS_SLOTS / 2 || length > sizeof(*slot)->name) {
                fail(EXIT_PROTOCOL, "more than %d addresses, or one longer than %zu", ADDRESS_SLOTS / 2,
                     sizeof(*slot)->name);
            }
            *slot = calloc(1, sizeof **slot);
            memcpy((*slot)->name, name, length);
            (*slot)->length = length;
        }
        if ((*slot)->length == length && memcmp((*slot)->name, name, length) == 0) {
            return *slot;
        }
    }
}

// ---- ends -----------------------------------------------------------------------------------------------------------

static void remove_link(struct connection **links, int *count, struct connection *c) {
    for (int i = 0; i < *count; i++) {
        if (links[i] == c) {
            links[i] = links[--*count];
            return;
        }
    }
}

// Ends a connection. Its deliveries in flight are forgotten; the object goes away at the end of the iteration.
static void drop(struct connection *c, const char *why) {
    if (c->gone) {
        return;
    }
    if (why) {
        fprintf(stderr, "dropped a connection: %s\n", why);
    }
    c->gone = true;
    close(c->stream.fd);
    if (c->sender || c->receiver) {
        remove_link(c->address->receivers, &c->address->receiver_count, c);
        remove_link(c->address->senders, &c->address->sender_count, c);
        for (int i = c->address->sender_count - 1; i >= 0; i--) {
            if (i < c->address->sender_count && c->address->senders[i]->in_progress == c) {
                drop(c->address->senders[i], "its receiver went away in the middle of a delivery");
            }
        }
        for (int i = c->address->receiver_count - 1; i >= 0; i--) {
            struct connection *r = i < c->address->receiver_count ? c->address->receivers[i] : c;
            for (uint32_t id = 0; id < r->capacity; id++) {
                if (r->origins[id].sender == c) {
                    r->origins[id].sender = NULL;
                }
            }
            if (r->writer == c) {
                drop(r, "its sender went away in the middle of a delivery");
            }
        }
    }
    mark_dirty(c);
}

static void release(struct connection *c) {
    buffer_free(&c->stream.unread);
    buffer_free(&c->stream.out);
    free(c->origins);
    free(c);
}

// ---- transfers
// --------------------------------------------------------------------------------------------------------

static void grow_origins(struct connection *r) {
    uint32_t capacity = r->capacity ? r->capacity * 2 : DELIVERIES;
    struct origin *grown = calloc(capacity, sizeof *grown);
    for (uint32_t id = r->settled_up_to; id != r->delivery_id; id++) {
        grown[id % capacity] = r->origins[id % r->capacity];
    }
    free(r->origins);
    r->origins = grown;
    r->capacity = capacity;
}

// Receivers that have slices of the input in hand.
static struct connection *sliced[MAX_LINKS];
static int sliced_count;

// Sends the output and the slices; what the socket does not take of the slices is copied behind the output.
static void send_slices(struct connection *r) {
    struct iovec piece[1 + MAX_SLICES] = {{r->stream.out.data + r->stream.out.start, buffer_length(&r->stream.out)}};
    memcpy(piece + 1, r->slices, (size_t)r->slice_count * sizeof *piece);
    struct msghdr message = {.msg_iov = piece, .msg_iovlen = 1 + (size_t)r->slice_count};
    ssize_t sent = sendmsg(r->stream.fd, &message, MSG_NOSIGNAL);
    size_t taken = sent > 0 ? (size_t)sent : 0; // an error shows again when the output is flushed
    for (int i = 0; i <= r->slice_count; i++) {
        size_t length = piece[i].iov_len < taken ? piece[i].iov_len : taken;
        taken -= length;
        if (i == 0) {
            r->stream.out.start += length;
        } else {
            buffer_put(&r->stream.out, (uint8_t *)piece[i].iov_base + length, piece[i].iov_len - length);
        }
    }
    r->slice_count = 0;
}

static void add_slice(struct connection *r, uint8_t *frame, size_t size) {
    struct iovec *last = r->slice_count ? &r->slices[r->slice_count - 1] : NULL;
    if (last && (uint8_t *)last->iov_base + last->iov_len == frame) {
        last->iov_len += size;
        return;
    }
    if (r->slice_count == MAX_SLICES) {
        send_slices(r);
    }
    if (r->slice_count == 0) {
        sliced[sliced_count++] = r;
    }
    r->slices[r->slice_count++] = (struct iovec){frame, size};
}

static bool can_take(const struct connection *r, const struct connection *from) {
    return (int32_t)(r->limit - r->delivery_id) > 0 && (int32_t)(r->window - r->frames_sent) > 0 &&
           (!r->writer || r->writer == from) && buffer_length(&r->stream.out) < HIGH_WATER &&
           r->delivery_id - r->settled_up_to < MAX_DELIVERIES;
}

static struct connection *pick_receiver(struct address *a, const struct connection *from) {
    for (int i = 0; i < a->receiver_count; i++) {
        if (++a->turn >= a->receiver_count) {
            a->turn = 0;
        }
        if (can_take(a->receivers[a->turn], from)) {
            return a->receivers[a->turn];
        }
    }
    return NULL;
}

// Forwards one transfer frame. Returns false when it has to wait.
static bool forward(struct connection *c, uint8_t *frame, uint32_t size) {
    const bool settled = frame[TRANSFER_SETTLED_AT] == 0x41;
    const uint32_t delivery_id = get32(frame + TRANSFER_ID_AT);
    struct connection *r = c->in_progress;
    if (!r) {
        r = pick_receiver(c->address, c);
        if (!r) {
            return false;
        }
    } else if (!can_take(r, c)) {
        return false;
    }
    put32(frame + TRANSFER_ID_AT, r->delivery_id);
    if (size >= SLICE_BYTES || r->slice_count) {
        add_slice(r, frame, size);
    } else {
        memcpy(buffer_room(&r->stream.out, size), frame, size);
        r->stream.out.end += size;
    }
    r->frames_sent++;
    c->frames_received++;
    mark_dirty(r);
    if (frame[TRANSFER_MORE_AT] == 0x41) {
        c->in_progress = r;
        r->writer = c;
        return true;
    }
    c->in_progress = NULL;
    r->writer = NULL;
    if (settled && r->settled_up_to == r->delivery_id) {
        r->settled_up_to++; // nothing is open
    } else {
        if (r->delivery_id - r->settled_up_to >= r->capacity) {
            grow_origins(r);
        }
        r->origins[r->delivery_id % r->capacity] = (struct origin){settled ? NULL : c, delivery_id};
    }
    if (settled) {
        c->returned++;
        mark_dirty(c);
    }
    r->delivery_id++;
    c->delivered++;
    return true;
}

// Forwards one transfer frame of a pre-settled message as --spoil asks for.
static bool forward_spoilt(struct connection *c, uint8_t *frame, uint32_t size) {
    static uint32_t messages;
    if (++messages % SPOIL_EVERY) {
        return forward(c, frame, size);
    }
    switch (option.spoil) {
    case FLIP: frame[size - 1] ^= 1; break;
    case LOSE:
        c->frames_received++;
        c->delivered++;
        c->returned++;
        mark_dirty(c);
        return true;
    case REPEAT:
        if (forward(c, frame, size)) {
            c->frames_received--;
            c->delivered--;
            c->returned--;
        }
        break;
    case NOTHING: break;
    }
    return forward(c, frame, size);
}

static void tell_accepted(struct connection *sender) {
    if (sender->accepted.any) {
        write_accepted(&sender->stream.out, true, sender->accepted.first, sender->accepted.last);
        sender->accepted.any = false;
    }
}

// Deliveries first to last of receiver r are accepted and settled.
static void settle(struct connection *r, uint32_t first, uint32_t last) {
    if (last - first >= r->delivery_id - r->settled_up_to ||
        last - r->settled_up_to >= r->delivery_id - r->settled_up_to) {
        drop(r, "a disposition of a delivery that is not open");
        return;
    }
    for (uint32_t id = first; id != last + 1; id++) {
        struct origin *origin = &r->origins[id % r->capacity];
        struct connection *s = origin->sender;
        if (!s) {
            continue; // settled before, or its sender has gone
        }
        origin->sender = NULL;
        if (s->accepted.any && s->accepted.last + 1 == origin->delivery_id) {
            s->accepted.last++;
        } else {
            tell_accepted(s);
            s->accepted = (struct range){origin->delivery_id, origin->delivery_id, true};
            mark_dirty(s);
        }
        s->returned++;
    }
    while (r->settled_up_to != r->delivery_id && !r->origins[r->settled_up_to % r->capacity].sender) {
        r->settled_up_to++;
    }
}

static void grant_credit(struct connection *s) {
    s->returned = 0;
    write_flow(&s->stream.out, &(struct flow){.next_incoming = s->frames_received,
                                              .incoming_window = SESSION_WINDOW,
                                              .next_outgoing = s->frames_sent,
                                              .outgoing_window = SESSION_WINDOW,
                                              .link = true,
                                              .handle = 0,
                                              .delivery_count = s->delivered,
                                              .credit = option.credit});
}

// ---- set-up frames
// ------------------------------------------------------------------------------------------------------

static void answer_header(struct connection *c, bool sasl) {
    if (sasl) {
        struct frame f;
        buffer_put(&c->stream.out, SASL_HEADER, sizeof SASL_HEADER);
        frame_begin(&f, FRAME_SASL, SASL_MECHANISMS);
        field_text(&f, 0xa3, "ANONYMOUS", 9);
        frame_end(&f, &c->stream.out);
    } else {
        buffer_put(&c->stream.out, AMQP_HEADER, sizeof AMQP_HEADER);
    }
    mark_dirty(c);
}

static void answer_open(struct connection *c, const struct fields *f) {
    c->peer_max_frame = (uint32_t)value_number(f->at[2], 0xffffffff);
    if (c->peer_max_frame < option.max_frame) {
        drop(c, "its max-frame-size is below ours: frames would have to be cut");
        return;
    }
    struct frame open;
    frame_begin(&open, FRAME_AMQP, OPEN);
    field_text(&open, 0xa1, "floor", 5);
    field_null(&open);
    field_uint(&open, option.max_frame);
    field_ushort(&open, 10);
    frame_end(&open, &c->stream.out);
    c->opened = true;
    mark_dirty(c);
}

static void answer_begin(struct connection *c, const struct fields *f) {
    c->frames_received = (uint32_t)value_number(f->at[1], 0);
    c->window = (uint32_t)value_number(f->at[2], 0);
    struct frame begin;
    frame_begin(&begin, FRAME_AMQP, BEGIN);
    field_ushort(&begin, 0);
    field_uint(&begin, 0);
    field_uint(&begin, SESSION_WINDOW);
    field_uint(&begin, SESSION_WINDOW);
    frame_end(&begin, &c->stream.out);
    mark_dirty(c);
}

// Address of the terminus at p; false when it has none of the short form.
static bool terminus_address(const uint8_t *p, const uint8_t **name, size_t *length) {
    const uint8_t *fields[MAX_FIELDS];
    if (*p != 0) {
        return false;
    }
    list_fields(value_end(p + 1), fields);
    if (*fields[0] != 0xa1) {
        return false;
    }
    *name = fields[0] + 2;
    *length = fields[0][1];
    return true;
}

static void wake(struct address *a);

static void answer_attach(struct connection *c, const struct fields *f) {
    const uint8_t *name;
    size_t length;
    const bool receiver = value_number(f->at[2], 0);
    if (c->address || *f->at[0] != 0xa1 || value_number(f->at[1], 1) != 0 ||
        !terminus_address(f->at[receiver ? 5 : 6], &name, &length)) {
        drop(c, "an ATTACH that is not the connection's only one, with handle 0 and an address");
        return;
    }
    struct frame attach;
    frame_begin(&attach, FRAME_AMQP, ATTACH);
    field_text(&attach, 0xa1, (const char *)f->at[0] + 2, f->at[0][1]);
    field_uint(&attach, 0);
    field_bool(&attach, !receiver);
    field_ubyte(&attach, (int)value_number(f->at[3], 2));
    field_ubyte(&attach, 0);
    field_terminus(&attach, SOURCE, (const char *)name, receiver ? length : 0);
    field_terminus(&attach, TARGET, (const char *)name, receiver ? 0 : length);
    if (receiver) {
        field_null(&attach);
        field_null(&attach);
        field_uint(&attach, 0); // initial-delivery-count
    }
    frame_end(&attach, &c->stream.out);
    mark_dirty(c);

    struct address *a = c->address = address_of(name, length);
    if (a->receiver_count == MAX_LINKS || a->sender_count == MAX_LINKS) {
        drop(c, "too many links on one address");
        return;
    }
    if (receiver) {
        c->receiver = true;
        a->receivers[a->receiver_count++] = c;
    } else {
        c->sender = true;
        a->senders[a->sender_count++] = c;
        grant_credit(c);
    }
}

static void on_flow(struct connection *c, const struct fields *f) {
    c->window = (uint32_t)value_number(f->at[0], 0) + (uint32_t)value_number(f->at[1], 0);
    if (c->receiver && !value_null(f->at[4])) {
        c->limit = (uint32_t)value_number(f->at[5], 0) + (uint32_t)value_number(f->at[6], 0);
        wake(c->address);
    }
}

static void on_disposition(struct connection *c, const struct fields *f) {
    uint32_t first = (uint32_t)value_number(f->at[1], 0);
    const uint8_t *state = f->at[4];
    if (!c->receiver || !value_number(f->at[3], 0) || state[0] != 0 || value_number(state + 1, 0) != ACCEPTED) {
        drop(c, "a disposition other than a receiver's accepted and settled");
        return;
    }
    settle(c, first, (uint32_t)value_number(f->at[2], first));
}

// Handles one frame. Returns false when it has to wait.
static bool on_frame(struct connection *c, uint8_t *frame, uint32_t size) {
    if (frame[10] == TRANSFER && c->sender) {
        if (size < TRANSFER_HEAD || memcmp(frame + 4, TRANSFER_FIXED + 4, TRANSFER_ID_AT - 4) != 0 ||
            frame[TRANSFER_ID_AT + 4] != 0xa0 || frame[TRANSFER_TAG_AT - 1] != 8) {
            drop(c, "a transfer of another layout");
            return true;
        }
        return option.spoil ? forward_spoilt(c, frame, size) : forward(c, frame, size);
    }
    struct fields f = frame_fields(frame);
    if (frame[5] == FRAME_SASL) {
        struct frame outcome;
        frame_begin(&outcome, FRAME_SASL, 0x44);
        field_ubyte(&outcome, 0);
        frame_end(&outcome, &c->stream.out);
        mark_dirty(c);
        return true;
    }
    switch (f.code) {
    case OPEN: answer_open(c, &f); break;
    case BEGIN: answer_begin(c, &f); break;
    case ATTACH: answer_attach(c, &f); break;
    case FLOW: on_flow(c, &f); break;
    case DISPOSITION: on_disposition(c, &f); break;
    default: drop(c, "a frame the floor does not know");
    }
    return true;
}

// ---- loop
// -------------------------------------------------------------------------------------------------------------

// Parses frames until there is no complete one, or one has to wait. Returns the number of bytes that are left.
static size_t parse(struct connection *c, uint8_t **data, size_t left) {
    uint8_t *p = *data;
    c->blocked = false;
    while (left >= 8 && !c->gone) {
        uint32_t size = p[0] == 'A' ? 8 : get32(p);
        if (size < 8 || size > option.max_frame) {
            drop(c, "a frame of a wrong size");
            break;
        }
        if (left < size) {
            break;
        }
        if (p[0] == 'A') {
            answer_header(c, p[4] == 3);
        } else if (size > 8 && !on_frame(c, p, size)) {
            c->blocked = true;
            break;
        }
        p += size;
        left -= size;
    }
    while (sliced_count) {
        send_slices(sliced[--sliced_count]);
    }
    *data = p;
    return left;
}

static void on_readable(struct connection *c) {
    uint8_t *bytes;
    ssize_t available = stream_read(&c->stream, &bytes);
    if (available <= 0) {
        if (available < 0) {
            drop(c, NULL);
        }
        return;
    }
    size_t left = parse(c, &bytes, (size_t)available);
    stream_keep(&c->stream, bytes, left);
    if (c->blocked) {
        mark_dirty(c); // stops reading it
    }
}

// A receiver of the address can take more: the frames that wait are parsed again.
static void wake(struct address *a) {
    for (int i = 0; i < a->sender_count; i++) {
        struct connection *s = a->senders[i];
        if (!s->blocked || s->gone) {
            continue;
        }
        uint8_t *data = s->stream.unread.data + s->stream.unread.start;
        size_t before = buffer_length(&s->stream.unread);
        size_t left = parse(s, &data, before);
        s->stream.unread.start += before - left;
        mark_dirty(s);
    }
}

// The end of an iteration: dispositions, credit and output of each connection that has some, with one send each.
static void flush_dirty(void) {
    for (int i = 0; i < dirty_count; i++) {
        struct connection *c = dirty[i];
        if (!c->gone && c->sender) {
            tell_accepted(c);
            if (c->returned >= option.credit / 2 + option.credit % 2) {
                grant_credit(c);
            }
        }
        if (!c->gone && !stream_flush(&c->stream)) {
            drop(c, NULL);
        }
        if (!c->gone) {
            stream_interest(&c->stream, c, false, c->blocked);
        }
        c->dirty = false;
        if (!c->gone && c->receiver && buffer_length(&c->stream.out) < LOW_WATER) {
            wake(c->address); // may make connections dirty again: they come later in this list
        }
        if (c->gone && !c->dirty) {
            release(c);
        }
    }
    dirty_count = 0;
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 4096)) {
        fail(EXIT_CONNECT, "port %d: %s", port, strerror(errno));
    }
    return fd;
}

static void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct connection *c = calloc(1, sizeof *c);
        c->stream.fd = fd;
        stream_register(&c->stream, c);
    }
}

int main(int count, char **arguments) {
    static const struct option names[] = {{"port", 1, 0, 'P'},  {"credit", 1, 0, 'C'}, {"frame", 1, 0, 'f'},
                                          {"spoil", 1, 0, 's'}, {"help", 0, 0, 'h'},   {0, 0, 0, 0}};
    int o;
    while ((o = getopt_long(count, arguments, "P:C:f:h", names, NULL)) != -1) {
        switch (o) {
        case 'P': option.port = (int)option_number("--port", optarg, 1, 65535); break;
        case 'C': option.credit = (uint32_t)option_number("--credit", optarg, 1, 1 << 20); break;
        case 'f': option.max_frame = (uint32_t)option_number("--frame", optarg, 512, 1 << 24); break;
        case 's':
            option.spoil = !strcmp(optarg, "flip")     ? FLIP
                           : !strcmp(optarg, "lose")   ? LOSE
                           : !strcmp(optarg, "repeat") ? REPEAT
                                                       : NOTHING;
            break;
        case 'h': fputs(USAGE, stdout); return 0;
        default: fputs(USAGE, stderr); return EXIT_USAGE;
        }
    }
    raise_file_limit();
    struct stream listener = {.fd = listen_on(option.port)};
    stream_register(&listener, NULL);
    printf("Listening on 127.0.0.1:%d\n", option.port);
    fflush(stdout);
    for (;;) {
        static struct epoll_event events[512];
        int ready = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                accept_all(listener.fd);
            } else if (!c->gone) {
                if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                    on_readable(c);
                }
                if (events[i].events & EPOLLOUT) {
                    mark_dirty(c);
                }
            }
        }
        flush_dirty();
    }
}

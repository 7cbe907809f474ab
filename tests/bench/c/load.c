// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    MAX_CONNECTIONS = 64000,
    PENDING = 1 << 16,           // fixed rate: messages of one sender that are due and could not be sent yet
    PENDING_WARM_UP = 1 << 10,   // the same while the server warms up
};
static const uint64_t GIVE_UP_NS = 5000000000; // at the end: nothing has arrived for so long

struct load_options load = {
    .senders = 1, .receivers = 1, .addresses = 1, .payload_bytes = 100, .seconds = 5, .warm_up = 2, .label = "-"};
uint64_t load_read_time;
bool load_sending;

static struct peer *peers[MAX_CONNECTIONS];
static int peer_count;
static struct peer *senders[MAX_SENDERS];
static uint64_t copies;
static bool settles, measuring;
static uint64_t total_sent, total_received, total_settled, total_bytes, last_arrival;
static uint64_t out_of_order, corrupt, refused;
static struct histogram latency;
static int timer = -1;

static void add_server(pid_t pid) {
    int i = 0;
    while (load.servers[i]) {
        if (++i == MAX_SERVERS) {
            fail(EXIT_USAGE, "--pid is taken at most %d times", MAX_SERVERS);
        }
    }
    load.servers[i] = pid;
}

static double servers_cpu_seconds(void) {
    double sum = 0;
    for (int i = 0; i < MAX_SERVERS && load.servers[i]; i++) {
        sum += process_cpu_seconds(load.servers[i]);
    }
    return sum;
}

static long servers_rss_kib(void) {
    long sum = 0;
    for (int i = 0; i < MAX_SERVERS && load.servers[i]; i++) {
        sum += process_rss_kib(load.servers[i]);
    }
    return sum;
}

void load_option(int letter) {
    switch (letter) {
    case 'P': load.port = (int)option_number("--port", optarg, 1, 65535); break;
    case 'Q': load.receiver_port = (int)option_number("--receiver-port", optarg, 1, 65535); break;
    case 'p': add_server((pid_t)option_number("--pid", optarg, 0, 1L << 30)); break;
    case 'L': load.label = optarg; break;
    case 'S': load.senders = (int)option_number("--senders", optarg, 1, MAX_SENDERS); break;
    case 'R': load.receivers = (int)option_number("--receivers", optarg, 1, 10000); break;
    case 'A': load.addresses = (int)option_number("--addresses", optarg, 1, 10000); break;
    case 'a':
        load.prefix = optarg;
        if (strlen(optarg) > 40) {
            fail(EXIT_USAGE, "--prefix takes at most 40 bytes");
        }
        break;
    case 'm': load.payload_bytes = (uint32_t)option_number("--size", optarg, STAMP_BYTES, 1 << 27); break;
    case 'W': load.window = (uint32_t)option_number("--window", optarg, 0, 1 << 30); break;
    case 'r': load.rate = option_seconds("--rate", optarg); break;
    case 't': load.seconds = option_seconds("--seconds", optarg); break;
    case 'w': load.warm_up = option_seconds("--warm-up", optarg); break;
    case 'I': load.idle = (int)option_number("--idle", optarg, 1, MAX_CONNECTIONS); break;
    case 'n': load.no_link = true; break;
    case 'j': load.json = true; break;
    case 'h': fputs(protocol_usage, stdout); exit(0);
    default: fputs(protocol_usage, stderr); exit(EXIT_USAGE);
    }
}

// ---- connections ----------------------------------------------------------------------------------------------------

void give_up(const struct peer *p, const char *why) {
    fail(EXIT_PROTOCOL, "connection %d (%s of %s): %s", p->index, p->sender ? "sender" : "receiver", p->address, why);
}

void peer_flush(struct peer *p, bool more) {
    if (!stream_flush(&p->stream)) {
        give_up(p, "the server closed the connection");
    }
    stream_interest(&p->stream, p, more, false);
}

static void connect_peer(bool sender, int number) {
    struct peer *p = protocol_new();
    if (!p || peer_count == MAX_CONNECTIONS) {
        fail(EXIT_CONNECT, "no room for connection %d", peer_count);
    }
    p->index = peer_count;
    peers[peer_count++] = p;
    p->number = (uint32_t)number;
    p->sender = sender;
    snprintf(p->address, sizeof p->address, "%s%d", load.prefix, load.idle ? number : number % load.addresses);
    if (sender) {
        senders[number] = p;
        p->due = load.rate > 0 ? calloc(PENDING, sizeof *p->due) : NULL;
    }
    if (!sender && !load.idle && !(p->order.next = calloc((size_t)load.senders, sizeof *p->order.next))) {
        fail(EXIT_CONNECT, "no memory for connection %d", p->index);
    }
    // Every receiver that does not compete with others must see each message of its senders.
    p->order.exclusive = copies > 1 || load.receivers <= load.addresses;
    stream_connect(&p->stream, p, sender || !load.receiver_port ? load.port : load.receiver_port, p->index);
    protocol_open(p);
    peer_flush(p, false);
}

// ---- sending ------------------------------------------------------------------------------------------------------

bool load_may_send(const struct peer *p) {
    return !load.window || p->sent * copies - p->received < load.window * copies;
}

void load_sent(struct peer *p) {
    p->sent++;
    total_sent++;
}

// Fixed rate: writes what is due.
static void pump_due(struct peer *p) {
    while ((p->due_count || protocol_in_message(p)) && buffer_length(&p->stream.out) < OUTPUT_BYTES) {
        uint64_t sent = p->sent;
        if (!protocol_write(p, p->due[p->due_first % PENDING])) {
            break;
        }
        if (p->sent != sent) {
            p->due_first++;
            p->due_count--;
        }
    }
    peer_flush(p, false);
}

void load_pump(struct peer *p) {
    if (load.rate > 0) {
        pump_due(p);
        return;
    }
    bool more = false;
    for (int turn = 0; turn < 4 && (load_sending || protocol_in_message(p)); turn++) {
        uint64_t now = now_ns();
        bool blocked = false;
        while (!blocked && buffer_length(&p->stream.out) < OUTPUT_BYTES && (load_sending || protocol_in_message(p))) {
            blocked = !protocol_write(p, now);
        }
        peer_flush(p, false);
        if (blocked || buffer_length(&p->stream.out)) {
            return;
        }
        more = turn == 3;
    }
    peer_flush(p, more);
}

// ---- receiving ----------------------------------------------------------------------------------------------------

void load_received(struct peer *p, const struct stamp *stamp, bool intact) {
    out_of_order += !order_check(&p->order, stamp);
    corrupt += !intact;
    if (measuring) {
        histogram_add(&latency, (load_read_time - stamp->born_ns) / 1000);
    }
    senders[stamp->sender]->received++;
    senders[stamp->sender]->window_moved = true;
    total_received++;
    last_arrival = load_read_time;
}

void load_settled(struct peer *p, bool accepted) {
    p->settled++;
    total_settled++;
    refused += !accepted;
}

void load_bytes(uint64_t bytes) {
    total_bytes += bytes;
}

static void on_readable(struct peer *p) {
    uint8_t *data;
    ssize_t available = stream_read(&p->stream, &data);
    if (available < 0) {
        give_up(p, "the server closed the socket");
    }
    if (available) {
        load_read_time = now_ns();
        const uint8_t *end = data + available, *rest = protocol_parse(p, data, end);
        stream_keep(&p->stream, rest, (size_t)(end - rest));
        protocol_parsed(p);
    }
    if (p->sender) {
        load_pump(p);
        return;
    }
    peer_flush(p, false);
    for (int i = 0; load.window && i < load.senders; i++) {
        if (senders[i] && senders[i]->window_moved) {
            senders[i]->window_moved = false;
            load_pump(senders[i]);
        }
    }
}

// ---- the course of a run
// ----------------------------------------------------------------------------------------------

static void poll_events(int timeout_ms) {
    static struct epoll_event events[256];
    int count = epoll_wait(epoll_fd, events, 256, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct peer *p = events[i].data.ptr;
        if (!p) {
            uint64_t expirations;
            if (read(timer, &expirations, sizeof expirations) < 0) {
                continue; // it was read away already
            }
            continue;
        }
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
            on_readable(p);
        }
        if (events[i].events & EPOLLOUT) {
            if (p->sender) {
                load_pump(p);
            } else {
                peer_flush(p, false);
            }
        }
    }
}

static void wait_until_ready(double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * 1e9);
    for (;;) {
        int ready = 0;
        for (int i = 0; i < peer_count; i++) {
            ready += peers[i]->ready;
        }
        if (ready == peer_count) {
            return;
        }
        if (now_ns() > deadline) {
            fail(EXIT_CONNECT, "%d of %d connections are ready after %.0f s", ready, peer_count, seconds);
        }
        poll_events(50);
    }
}

static int hold_idle(const char *tool) {
    long rss_before = servers_rss_kib();
    double cpu_before = servers_cpu_seconds();
    uint64_t begin = now_ns();
    for (int i = 0; i < load.idle; i++) {
        connect_peer(false, i);
        if (i % 16 == 15) {
            poll_events(0);
        }
    }
    wait_until_ready(60);
    double took = (double)(now_ns() - begin) / 1e9;
    double cpu = servers_cpu_seconds();
    const char *format = load.json ? "{\"tool\":\"%s\",\"label\":\"%s\",\"idle\":%d,\"ready_after_s\":%.2f,"
                                     "\"server_cpu_s\":%.2f,\"rss_before_kib\":%ld,\"rss_kib\":%ld}\n"
                                   : "%s %s: %d idle connections ready after %.2f s, server CPU %.2f s, rss %ld KiB "
                                     "before, %ld KiB after\n";
    printf(format, tool, load.label, load.idle, took, cpu - cpu_before, rss_before, servers_rss_kib());
    fflush(stdout);

    uint64_t until = now_ns() + (uint64_t)(load.seconds * 1e9);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    bool open = true;
    while (open && now_ns() < until) {
        poll_events(20);
        char ignored[64];
        open = poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, ignored, sizeof ignored) > 0;
    }
    if (!load.json) {
        printf("%s %s: server CPU while idle %.2f s, rss %ld KiB\n", tool, load.label,
               servers_cpu_seconds() - cpu, servers_rss_kib());
    }
    return 0;
}

// Fixed rate: messages that have become due go to the senders in turn. While the server warms up, those that find no
// place are left out: a runtime that still compiles is behind for a moment, which says nothing of the rate it can keep.
static void make_due(uint64_t begin, uint64_t now) {
    static uint64_t issued;
    uint64_t due = (uint64_t)((double)(now - begin) / 1e9 * load.rate);
    bool any = issued < due;
    for (; issued < due; issued++) {
        struct peer *p = senders[issued % (uint64_t)load.senders];
        if (!measuring && p->due_count >= PENDING_WARM_UP) {
            continue;
        }
        if (p->due_count == PENDING) {
            fail(EXIT_BAD_RESULT, "the server is too slow for %.0f msg/s: %d messages of one sender are due", load.rate,
                 PENDING);
        }
        p->due[(p->due_first + p->due_count++) % PENDING] = now;
    }
    for (int i = 0; any && i < load.senders; i++) {
        load_pump(senders[i]);
    }
}

static bool all_arrived(void) {
    return total_received >= total_sent * copies && (!settles || total_settled >= total_sent);
}

static bool result_is_good(const struct row *row) {
    for (int i = 0; i < load.senders; i++) {
        if (senders[i]->received != senders[i]->sent * copies || (settles && senders[i]->settled != senders[i]->sent)) {
            return false;
        }
    }
    return row->messages && !out_of_order && !corrupt && !refused;
}

int load_run(const char *tool, const char *mode, uint64_t copies_of_each, bool settles_each) {
    copies = copies_of_each;
    settles = settles_each;
    raise_file_limit();
    payload_prepare(load.payload_bytes);
    if (load.idle) {
        return hold_idle(tool);
    }
    for (int i = 0; i < load.receivers; i++) {
        connect_peer(false, i);
    }
    wait_until_ready(10);
    for (int i = 0; i < load.senders; i++) {
        connect_peer(true, i);
    }
    wait_until_ready(10);
    load_sending = true;
    if (load.rate > 0) {
        timer = tick_timer();
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer, &event);
    } else {
        for (int i = 0; i < load.senders; i++) {
            load_pump(senders[i]);
        }
    }

    struct row row = {.tool = tool,
                      .label = load.label,
                      .senders = load.senders,
                      .receivers = load.receivers,
                      .addresses = load.addresses,
                      .payload_bytes = load.payload_bytes,
                      .mode = mode,
                      .rate = load.rate,
                      .latency = &latency};
    const uint64_t begin = now_ns();
    const uint64_t measure_from = begin + (uint64_t)(load.warm_up * 1e9);
    const uint64_t measure_to = measure_from + (uint64_t)(load.seconds * 1e9);
    uint64_t measured_from = 0;
    while (load_sending || !all_arrived()) {
        poll_events(100);
        uint64_t now = now_ns();
        if (load.rate > 0 && load_sending) {
            make_due(begin, now);
        }
        if (load_sending && !measuring && now >= measure_from) {
            measuring = true;
            measured_from = now_ns();
            row.messages = total_received;
            row.bytes = total_bytes;
            row.server_cpu = servers_cpu_seconds();
            row.generator_cpu = process_cpu_seconds(getpid());
        }
        if (load_sending && now >= measure_to) {
            row.seconds = (double)(now_ns() - measured_from) / 1e9;
            row.messages = total_received - row.messages;
            row.bytes = total_bytes - row.bytes;
            row.server_cpu = servers_cpu_seconds() - row.server_cpu;
            row.generator_cpu = process_cpu_seconds(getpid()) - row.generator_cpu;
            measuring = false;
            load_sending = false;
            last_arrival = now;
        }
        if (!load_sending && now > last_arrival + GIVE_UP_NS) {
            break;
        }
    }
    row.rss_kib = servers_rss_kib();
    row.sent = total_sent;
    row.received = total_received;
    row.settled = total_settled;
    row.out_of_order = out_of_order;
    row.corrupt = corrupt;
    row.refused = refused;
    row.ok = result_is_good(&row);
    row_print(&row, load.json);
    return row.ok ? 0 : EXIT_BAD_RESULT;
}

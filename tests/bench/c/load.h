// SPDX-License-Identifier: Apache-2.0
// What the load generators share: their common options, the course of a run (connect, warm up, measure, drain, judge),
// the check of what arrives, and the row that is printed. A generator brings its protocol: the functions at the end.
#ifndef LINKSPAN_BENCH_LOAD_H
#define LINKSPAN_BENCH_LOAD_H

#include "bench.h"

#include <getopt.h>

// ---- options ------------------------------------------------------------------------------------------------------

enum { MAX_SERVERS = 16 };

struct load_options {
    int port, receiver_port, senders, receivers, addresses, idle;
    uint32_t payload_bytes, window; // window: messages of one sender on their way, 0 = no limit
    pid_t servers[MAX_SERVERS]; // up to the first 0
    bool no_link, json;
    double seconds, warm_up, rate;
    const char *prefix, *label;
};
extern struct load_options load;

#define LOAD_SHORT_OPTIONS "P:Q:p:L:S:R:A:a:m:W:r:t:w:I:njh"
#define LOAD_LONG_OPTIONS                                                                                              \
    {"port", 1, 0, 'P'}, {"receiver-port", 1, 0, 'Q'}, {"pid", 1, 0, 'p'}, {"label", 1, 0, 'L'}, {"senders", 1, 0, 'S'}, {"receivers", 1, 0, 'R'},   \
        {"addresses", 1, 0, 'A'}, {"prefix", 1, 0, 'a'}, {"size", 1, 0, 'm'}, {"window", 1, 0, 'W'},                   \
        {"rate", 1, 0, 'r'}, {"seconds", 1, 0, 't'}, {"warm-up", 1, 0, 'w'}, {"idle", 1, 0, 'I'},                      \
        {"no-link", 0, 0, 'n'}, {"json", 0, 0, 'j'}, {"help", 0, 0, 'h'}, {                                            \
        0, 0, 0, 0                                                                                                     \
    }

// Takes one of the options above, getopt's `letter` with optarg. Ends the program for --help and for unknown options.
void load_option(int letter);

// ---- connections ----------------------------------------------------------------------------------------------------

// What every connection of a generator begins with.
struct peer {
    struct stream stream;
    int index;       // among all connections
    uint32_t number; // among the senders, or the receivers
    bool sender, ready;
    char address[64];
    uint64_t sent, received, settled; // a sender's messages; received: by whichever receivers
    uint64_t *due;                    // fixed rate: ring of the times of messages due
    uint32_t due_first, due_count;
    bool window_moved;  // some of a sender's messages have arrived since it was pumped last
    struct order order; // a receiver's
};

void give_up(const struct peer *p, const char *why) __attribute__((noreturn));
// Sends what it can; with `more` the peer is pumped again when the socket takes more.
void peer_flush(struct peer *p, bool more);

// True when a sender may begin a message as far as the run is concerned: it goes on and its window is open.
bool load_may_send(const struct peer *p);
// Fixed rate: the time the next message was due; false when none is.
bool load_due(const struct peer *p, uint64_t *born_ns);
// A message with this time of birth has been written.
void load_sent(struct peer *p);
// The bytes in hand were read at this time.
extern uint64_t load_read_time;
extern bool load_sending;
enum { OUTPUT_BYTES = 256 * 1024 }; // a sender stops producing above this and waits for the socket

// Fills the output of a sender, leaving the others their turn, with load_write until that returns false.
void load_pump(struct peer *p);
// A receiver has got a whole message; `intact` when each byte of the payload was right.
void load_received(struct peer *p, const struct stamp *stamp, bool intact);
void load_settled(struct peer *p, bool accepted);
void load_bytes(uint64_t bytes);

// Runs the load, or holds idle connections; returns the exit status. Each message goes to `copies` receivers, and is
// settled when `settles`.
int load_run(const char *tool, const char *mode, uint64_t copies, bool settles);

// ---- the protocol, brought by the generator
// -----------------------------------------------------------------------------

// A new connection object of the generator's own size, with zeroes; the peer comes first in it.
struct peer *protocol_new(void);
// The connection is there (index, number, sender and address are set): write what opens it.
void protocol_open(struct peer *p);
// Consumes complete frames of [data, end); returns the first byte not consumed.
const uint8_t *protocol_parse(struct peer *p, const uint8_t *data, const uint8_t *end);
// Writes one message, or a part of it; false when no more can be written now.
bool protocol_write(struct peer *p, uint64_t born_ns);
// True in the middle of a message.
bool protocol_in_message(const struct peer *p);
// Everything in hand is parsed: write acknowledgements kept back.
void protocol_parsed(struct peer *p);
extern const char *const protocol_usage;

#endif

// SPDX-License-Identifier: Apache-2.0
// What the load generators (aload, mload) and the floor forwarder have in common: time, percentiles, the server's CPU
// and memory, byte buffers, sockets in an epoll set, the stamped payload and the result row.
//
// All of it is single-threaded and talks to 127.0.0.0/8 only.
#ifndef LINKSPAN_BENCH_H
#define LINKSPAN_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// Ends the program with a message. The exit status tells the driver what went wrong.
enum { EXIT_USAGE = 1, EXIT_CONNECT = 2, EXIT_PROTOCOL = 3, EXIT_BAD_RESULT = 5 };
void fail(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

// Parse a whole option argument as a number; anything else ends the program with EXIT_USAGE.
long option_number(const char *option, const char *text, long min, long max);
double option_seconds(const char *option, const char *text);

// ---- time -------------------------------------------------------------------------------------------------------

uint64_t now_ns(void); // monotonic

// Fires every 100 microseconds; the caller reads it away. Paces a fixed message rate.
int tick_timer(void);

// ---- percentiles: log-linear buckets of microseconds, 32 per power of two (3 % wide) --------------------------------

enum { HISTOGRAM_BUCKETS = 64 + 32 * 58 };
struct histogram {
    uint64_t count;
    uint64_t bucket[HISTOGRAM_BUCKETS];
};
void histogram_add(struct histogram *h, uint64_t microseconds);
double histogram_at(const struct histogram *h, double quantile); // lower bound of the bucket, in microseconds

// ---- the server under test ------------------------------------------------------------------------------------------

// CPU seconds used so far by all threads of process `pid`, those that have ended included; 0 for pid 0.
double process_cpu_seconds(pid_t pid);
long process_rss_kib(pid_t pid);

// ---- byte buffers
// -----------------------------------------------------------------------------------------------------

// Bytes [start, end) of a block that grows by doubling.
struct buffer {
    uint8_t *data;
    size_t start, end, capacity;
};
static inline size_t buffer_length(const struct buffer *b) {
    return b->end - b->start;
}
uint8_t *buffer_room(struct buffer *b, size_t bytes); // place for `bytes` at the end; the caller then adds to b->end
void buffer_put(struct buffer *b, const void *bytes, size_t length);
void buffer_free(struct buffer *b); // drops content and memory

static inline void put16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void put32(uint8_t *p, uint32_t v) {
    v = __builtin_bswap32(v);
    __builtin_memcpy(p, &v, 4);
}
static inline void put64(uint8_t *p, uint64_t v) {
    v = __builtin_bswap64(v);
    __builtin_memcpy(p, &v, 8);
}
static inline uint16_t get16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t get32(const uint8_t *p) {
    uint32_t v;
    __builtin_memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}
static inline uint64_t get64(const uint8_t *p) {
    uint64_t v;
    __builtin_memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

// ---- sockets
// ----------------------------------------------------------------------------------------------------------

// A non-blocking socket in the epoll set, with what could not be parsed yet and what could not be sent yet.
struct stream {
    int fd;
    struct buffer unread; // tail of an incomplete frame
    struct buffer out;
    bool want_write; // EPOLLOUT is set
    bool paused;     // EPOLLIN is not set
};

extern int epoll_fd;
void raise_file_limit(void); // soft limit = hard limit
// Connects to 127.0.0.1:port. The source address follows from `index`, so that more connections than one address has
// ephemeral ports are possible.
void stream_connect(struct stream *s, void *owner, int port, int index);
void stream_register(struct stream *s, void *owner); // adds an open descriptor to the epoll set

// Reads once, behind what was left over. On return *data holds all bytes not consumed yet, in a buffer shared by all
// streams. Returns their number, 0 when nothing is there now, -1 at the end of the stream or after an error. The
// caller hands back what it did not consume with stream_keep.
ssize_t stream_read(struct stream *s, uint8_t **data);
void stream_keep(struct stream *s, const uint8_t *data, size_t length);

// Sends what it can of the output. Returns false after an error.
bool stream_flush(struct stream *s);
// Sets the events of interest: writable while there is output or the owner has more to produce, readable unless paused.
void stream_interest(struct stream *s, void *owner, bool more, bool paused);

// ---- payload
// ------------------------------------------------------------------------------------------------------------

// A payload is a stamp of 16 bytes (sequence number and sender, time of birth) and bytes of a fixed random table, from
// an offset that depends on sender and sequence number: so a byte of another message, or of another place in the same
// message, is noticed.
enum { STAMP_BYTES = 16, MAX_SENDERS = 1024 };
struct stamp {
    uint64_t sequence;
    uint32_t sender;
    uint64_t born_ns;
};
void payload_prepare(size_t payload_bytes);
void stamp_write(uint8_t *p, const struct stamp *stamp);
struct stamp stamp_read(const uint8_t *p);
// The payload's bytes after the stamp.
const uint8_t *payload_rest(const struct stamp *stamp);

// Order and loss of what one receiver gets from each sender.
struct order {
    uint64_t *next; // by sender
    bool exclusive; // it must see every message (no competing receivers)
};
// True when the message is in order: the very next one, or for competing receivers a later one.
bool order_check(struct order *o, const struct stamp *stamp);

// ---- result
// -----------------------------------------------------------------------------------------------------------

struct row {
    const char *tool, *label;
    int senders, receivers, addresses;
    size_t payload_bytes;
    const char *mode; // "presettled", "unsettled", "qos0 v4", ...
    double rate;      // messages per second asked for, 0 = as fast as possible
    double seconds;
    uint64_t messages, bytes; // received while measuring
    double server_cpu, generator_cpu;
    struct histogram *latency;
    long rss_kib;
    bool ok;
    uint64_t sent, received, settled, out_of_order, corrupt, refused;
};
void row_print(const struct row *r, bool json);

#endif

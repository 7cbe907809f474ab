// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "bench.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

void fail(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(status);
}

long option_number(const char *option, const char *text, long min, long max) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < min || value > max) {
        fail(EXIT_USAGE, "%s takes a number from %ld to %ld, not \"%s\"", option, min, max, text);
    }
    return value;
}

double option_seconds(const char *option, const char *text) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0) || value > 1e9) {
        fail(EXIT_USAGE, "%s takes a number that is not negative, not \"%s\"", option, text);
    }
    return value;
}

// ---- time -------------------------------------------------------------------------------------------------------

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int tick_timer(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct itimerspec period = {{0, 100000}, {0, 100000}};
    if (fd < 0 || timerfd_settime(fd, 0, &period, NULL)) {
        fail(EXIT_CONNECT, "timerfd: %s", strerror(errno));
    }
    return fd;
}

// ---- percentiles ------------------------------------------------------------------------------------------------

static int bucket_of(uint64_t us) {
    if (us < 64) {
        return (int)us;
    }
    int power = 63 - __builtin_clzll(us);
    return 64 + (power - 6) * 32 + (int)((us >> (power - 5)) & 31);
}

static double bucket_floor(int bucket) {
    if (bucket < 64) {
        return bucket;
    }
    int power = (bucket - 64) / 32 + 6;
    uint64_t step = (uint64_t)((bucket - 64) % 32);
    return (double)((1ull << power) + (step << (power - 5)));
}

void histogram_add(struct histogram *h, uint64_t microseconds) {
    h->bucket[bucket_of(microseconds)]++;
    h->count++;
}

double histogram_at(const struct histogram *h, double quantile) {
    uint64_t seen = 0;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->bucket[i];
        if (seen && (double)seen >= (double)h->count * quantile) {
            return bucket_floor(i);
        }
    }
    return 0;
}

// ---- the server under test ------------------------------------------------------------------------------------------

// Sum of the run times of the threads alive now: what the scheduler knows, without the threads that have ended.
static double live_threads_cpu_seconds(pid_t pid) {
    char path[320], line[128];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks) {
        return 0;
    }
    double seconds = 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, task->d_name);
        FILE *f = fopen(path, "r");
        if (f) {
            if (fgets(line, sizeof line, f)) {
                seconds += (double)strtoull(line, NULL, 10) / 1e9;
            }
            fclose(f);
        }
    }
    closedir(tasks);
    return seconds;
}

double process_cpu_seconds(pid_t pid) {
    if (!pid) {
        return 0;
    }
    // The process clock is the sum of the same per-thread run times plus those of ended threads (a JVM ends its
    // compiler threads when they are idle).
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &t) == 0) {
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    }
    return live_threads_cpu_seconds(pid);
}

long process_rss_kib(pid_t pid) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = pid ? fopen(path, "r") : NULL;
    if (!f) {
        return 0;
    }
    long kib = 0;
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) {
            break;
        }
    }
    fclose(f);
    return kib;
}

// ---- byte buffers
// -----------------------------------------------------------------------------------------------------

uint8_t *buffer_room(struct buffer *b, size_t bytes) {
    if (b->start == b->end) {
        b->start = b->end = 0;
    }
    if (b->end + bytes > b->capacity) {
        if (b->start) {
            memmove(b->data, b->data + b->start, b->end - b->start);
            b->end -= b->start;
            b->start = 0;
        }
        if (b->end + bytes > b->capacity) {
            size_t capacity = b->capacity ? b->capacity : 256;
            while (capacity < b->end + bytes) {
                capacity *= 2;
            }
            b->data = realloc(b->data, capacity);
            if (!b->data) {
                fail(EXIT_CONNECT, "out of memory for a buffer of %zu bytes", capacity);
            }
            b->capacity = capacity;
        }
    }
    return b->data + b->end;
}

void buffer_put(struct buffer *b, const void *bytes, size_t length) {
    memcpy(buffer_room(b, length), bytes, length);
    b->end += length;
}

void buffer_free(struct buffer *b) {
    free(b->data);
    *b = (struct buffer){0};
}

// ---- sockets
// ----------------------------------------------------------------------------------------------------------

enum { READ_BYTES = 256 * 1024, CONNECTIONS_PER_SOURCE_ADDRESS = 5000 };
int epoll_fd = -1;
static struct buffer read_block; // shared by all streams

void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void stream_register(struct stream *s, void *owner) {
    if (epoll_fd < 0) {
        epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    }
    int one = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event)) {
        fail(EXIT_CONNECT, "epoll: %s", strerror(errno));
    }
}

void stream_connect(struct stream *s, void *owner, int port, int index) {
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0) {
        fail(EXIT_CONNECT, "socket %d: %s (limit of open files?)", index, strerror(errno));
    }
    int one = 1;
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / CONNECTIONS_PER_SOURCE_ADDRESS));
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s->fd, (struct sockaddr *)&from, sizeof from) || connect(s->fd, (struct sockaddr *)&to, sizeof to)) {
        fail(EXIT_CONNECT, "connection %d to port %d: %s", index, port, strerror(errno));
    }
    stream_register(s, owner);
}

ssize_t stream_read(struct stream *s, uint8_t **data) {
    size_t kept = buffer_length(&s->unread);
    read_block.start = read_block.end = 0;
    uint8_t *block = buffer_room(&read_block, kept + READ_BYTES);
    ssize_t n = recv(s->fd, block + kept, READ_BYTES, 0);
    if (n <= 0) {
        return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    if (kept) {
        memcpy(block, s->unread.data + s->unread.start, kept);
        s->unread.start = s->unread.end = 0;
    }
    *data = block;
    return (ssize_t)kept + n;
}

void stream_keep(struct stream *s, const uint8_t *data, size_t length) {
    if (length) {
        buffer_put(&s->unread, data, length);
    }
}

bool stream_flush(struct stream *s) {
    while (buffer_length(&s->out)) {
        ssize_t n = send(s->fd, s->out.data + s->out.start, buffer_length(&s->out), MSG_NOSIGNAL);
        if (n < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        s->out.start += (size_t)n;
        if (buffer_length(&s->out)) {
            return true; // the socket is full
        }
    }
    return true;
}

void stream_interest(struct stream *s, void *owner, bool more, bool paused) {
    bool want_write = more || buffer_length(&s->out);
    if (want_write != s->want_write || paused != s->paused) {
        s->want_write = want_write;
        s->paused = paused;
        struct epoll_event event = {.events = (paused ? 0 : EPOLLIN) | (want_write ? EPOLLOUT : 0), .data.ptr = owner};
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, s->fd, &event);
    }
}

// ---- payload
// ------------------------------------------------------------------------------------------------------------

enum { PATTERN_OFFSETS = 4093 }; // prime, so that neighbouring messages begin at unrelated places
static uint8_t *pattern;

void payload_prepare(size_t payload_bytes) {
    size_t length = payload_bytes + PATTERN_OFFSETS;
    pattern = malloc(length);
    if (!pattern) {
        fail(EXIT_CONNECT, "out of memory for a payload of %zu bytes", payload_bytes);
    }
    uint64_t x = 0x9e3779b97f4a7c15u; // xorshift with a fixed seed: the same bytes in every run
    for (size_t i = 0; i < length; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        pattern[i] = (uint8_t)(x >> 32);
    }
}

void stamp_write(uint8_t *p, const struct stamp *stamp) {
    put64(p, stamp->sequence << 16 | stamp->sender);
    put64(p + 8, stamp->born_ns);
}

struct stamp stamp_read(const uint8_t *p) {
    uint64_t first = get64(p);
    return (struct stamp){.sequence = first >> 16, .sender = (uint32_t)(first & 0xffff), .born_ns = get64(p + 8)};
}

const uint8_t *payload_rest(const struct stamp *stamp) {
    return pattern + (stamp->sequence * 61 + stamp->sender * 17) % PATTERN_OFFSETS;
}

bool order_check(struct order *o, const struct stamp *stamp) {
    uint64_t *next = &o->next[stamp->sender];
    bool good = o->exclusive ? stamp->sequence == *next : stamp->sequence >= *next;
    *next = stamp->sequence + 1;
    return good;
}

// ---- result
// -----------------------------------------------------------------------------------------------------------

void row_print(const struct row *r, bool json) {
    double millions = (double)r->messages / 1e6;
    double rate = r->seconds > 0 ? (double)r->messages / r->seconds : 0;
    double megabytes = r->seconds > 0 ? (double)r->bytes / 1e6 / r->seconds : 0;
    double server = millions > 0 ? r->server_cpu / millions : 0;
    double generator = millions > 0 ? r->generator_cpu / millions : 0;
    double load = r->seconds > 0 ? r->server_cpu / r->seconds : 0;
    static const double quantile[5] = {.5, .9, .99, .999, 1};
    double us[5];
    for (int i = 0; i < 5; i++) {
        us[i] = histogram_at(r->latency, quantile[i]);
    }
    if (json) {
        printf("{\"tool\":\"%s\",\"label\":\"%s\",\"senders\":%d,\"receivers\":%d,\"addresses\":%d,"
               "\"payload_bytes\":%zu,\"mode\":\"%s\",\"rate\":%.0f,\"seconds\":%.3f,\"messages\":%llu,"
               "\"msg_per_s\":%.1f,\"mb_per_s\":%.2f,\"server_cpu_s_per_million\":%.4f,\"server_load\":%.3f,"
               "\"generator_cpu_s_per_million\":%.4f,\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,"
               "\"p999_us\":%.0f,\"max_us\":%.0f,\"rss_kib\":%ld,\"ok\":%s,\"sent\":%llu,\"received\":%llu,"
               "\"settled\":%llu,\"out_of_order\":%llu,\"corrupt\":%llu,\"refused\":%llu}\n",
               r->tool, r->label, r->senders, r->receivers, r->addresses, r->payload_bytes, r->mode, r->rate,
               r->seconds, (unsigned long long)r->messages, rate, megabytes, server, load, generator, us[0], us[1],
               us[2], us[3], us[4], r->rss_kib, r->ok ? "true" : "false", (unsigned long long)r->sent,
               (unsigned long long)r->received, (unsigned long long)r->settled, (unsigned long long)r->out_of_order,
               (unsigned long long)r->corrupt, (unsigned long long)r->refused);
    } else {
        printf("%-20s S%d R%d A%d %zu B %s rate %.0f | %9.0f msg/s %7.1f MB/s | server %.3f s/M (%.0f%%) "
               "generator %.3f s/M | p50 %.0f p90 %.0f p99 %.0f p99.9 %.0f max %.0f us | rss %ld MiB | %s "
               "sent %llu received %llu settled %llu out of order %llu corrupt %llu refused %llu\n",
               r->label, r->senders, r->receivers, r->addresses, r->payload_bytes, r->mode, r->rate, rate, megabytes,
               server, load * 100, generator, us[0], us[1], us[2], us[3], us[4], r->rss_kib / 1024,
               r->ok ? "OK" : "BAD", (unsigned long long)r->sent, (unsigned long long)r->received,
               (unsigned long long)r->settled, (unsigned long long)r->out_of_order, (unsigned long long)r->corrupt,
               (unsigned long long)r->refused);
    }
    fflush(stdout);
}

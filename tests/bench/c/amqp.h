// SPDX-License-Identifier: Apache-2.0
// The little of AMQP 1.0's type system and framing that aload and floor need: walking the fields of a performative and
// writing small performatives. Trusts its input where a router must not: both ends are programs of this directory or a
// server under test, and a malformed frame ends the run.
#ifndef LINKSPAN_BENCH_AMQP_H
#define LINKSPAN_BENCH_AMQP_H

#include "bench.h"

#include <string.h>

enum performative {
    OPEN = 0x10,
    BEGIN = 0x11,
    ATTACH = 0x12,
    FLOW = 0x13,
    TRANSFER = 0x14,
    DISPOSITION = 0x15,
    DETACH = 0x16,
    END = 0x17,
    CLOSE = 0x18,
    SASL_MECHANISMS = 0x40,
    SASL_INIT = 0x41,
    SASL_OUTCOME = 0x44
};
enum { SOURCE = 0x28, TARGET = 0x29, ACCEPTED = 0x24, FRAME_AMQP = 0, FRAME_SASL = 1, MAX_FIELDS = 16 };
static const uint8_t AMQP_HEADER[8] = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
static const uint8_t SASL_HEADER[8] = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

// ---- reading ------------------------------------------------------------------------------------------------------

// First byte after the value at p. The width of a value follows from the high half of its type code (part 1, 1.2).
static inline const uint8_t *value_end(const uint8_t *p) {
    uint8_t type = *p++;
    switch (type >> 4) {
    case 0x0: return value_end(value_end(p)); // descriptor and value
    case 0x4: return p;
    case 0x5: return p + 1;
    case 0x6: return p + 2;
    case 0x7: return p + 4;
    case 0x8: return p + 8;
    case 0x9: return p + 16;
    case 0xa:
    case 0xc:
    case 0xe: return p + 1 + p[0];
    default: return p + 4 + get32(p);
    }
}

// The unsigned number or boolean at p; `absent` for null and for any other type.
static inline uint64_t value_number(const uint8_t *p, uint64_t absent) {
    switch (*p) {
    case 0x41: return 1;
    case 0x42:
    case 0x43:
    case 0x44: return 0;
    case 0x50:
    case 0x52:
    case 0x53:
    case 0x56: return p[1];
    case 0x60: return get16(p + 1);
    case 0x70: return get32(p + 1);
    case 0x80: return get64(p + 1);
    default: return absent;
    }
}

static inline bool value_null(const uint8_t *p) {
    return *p == 0x40;
}

// The performative of one frame: its code and where its fields begin. A field that was left out points to a null.
struct fields {
    uint64_t code;
    const uint8_t *at[MAX_FIELDS];
    const uint8_t *end; // first byte after the performative: the payload of a transfer
};

// Fills `out` with the fields of the list at p, whatever its encoding; returns the first byte after it.
static inline const uint8_t *list_fields(const uint8_t *p, const uint8_t *out[MAX_FIELDS]) {
    static const uint8_t null_value = 0x40;
    const uint8_t *end = value_end(p);
    uint32_t count = 0;
    if (*p == 0xc0) {
        count = p[2];
        p += 3;
    } else if (*p == 0xd0) {
        count = get32(p + 5);
        p += 9;
    }
    for (uint32_t i = 0; i < MAX_FIELDS; i++) {
        out[i] = i < count ? p : &null_value;
        if (i < count) {
            p = value_end(p);
        }
    }
    return end;
}

static inline struct fields frame_fields(const uint8_t *frame) {
    struct fields f;
    const uint8_t *p = frame + frame[4] * 4 + 1; // behind the described-type constructor
    f.code = value_number(p, 0);
    f.end = list_fields(value_end(p), f.at);
    return f;
}

// ---- writing ------------------------------------------------------------------------------------------------------

// One performative under construction; at most 1 KiB, always a list32 so that its length can be filled in last.
struct frame {
    uint8_t bytes[1024];
    size_t length, list;
    uint32_t count;
};

static inline void frame_begin(struct frame *f, int type, enum performative code) {
    static const uint8_t head[] = {0, 0, 0, 0, 2, 0, 0, 0, 0, 0x53, 0, 0xd0};
    memcpy(f->bytes, head, sizeof head);
    f->bytes[5] = (uint8_t)type;
    f->bytes[10] = (uint8_t)code;
    f->list = sizeof head;
    f->length = f->list + 8;
    f->count = 0;
}

static inline void frame_byte(struct frame *f, int byte) {
    f->bytes[f->length++] = (uint8_t)byte;
}

static inline void field_null(struct frame *f) {
    frame_byte(f, 0x40);
    f->count++;
}

static inline void field_bool(struct frame *f, bool value) {
    frame_byte(f, value ? 0x41 : 0x42);
    f->count++;
}

static inline void field_uint(struct frame *f, uint32_t value) {
    if (value == 0) {
        frame_byte(f, 0x43);
    } else if (value < 256) {
        frame_byte(f, 0x52);
        frame_byte(f, (int)value);
    } else {
        frame_byte(f, 0x70);
        put32(f->bytes + f->length, value);
        f->length += 4;
    }
    f->count++;
}

static inline void field_ubyte(struct frame *f, int value) {
    frame_byte(f, 0x50);
    frame_byte(f, value);
    f->count++;
}

static inline void field_ushort(struct frame *f, uint16_t value) {
    frame_byte(f, 0x60);
    put16(f->bytes + f->length, value);
    f->length += 2;
    f->count++;
}

// A value as it stands in another frame.
static inline void field_copy(struct frame *f, const uint8_t *value) {
    size_t length = (size_t)(value_end(value) - value);
    memcpy(f->bytes + f->length, value, length);
    f->length += length;
    f->count++;
}

// A string (type 0xa1) or symbol (0xa3) of at most 255 bytes.
static inline void field_text(struct frame *f, int type, const char *text, size_t length) {
    frame_byte(f, type);
    frame_byte(f, (int)length);
    memcpy(f->bytes + f->length, text, length);
    f->length += length;
    f->count++;
}

// A source or target with nothing but an address; an empty one for length 0.
static inline void field_terminus(struct frame *f, int code, const char *address, size_t length) {
    frame_byte(f, 0x00);
    frame_byte(f, 0x53);
    frame_byte(f, code);
    if (!length) {
        frame_byte(f, 0x45);
        f->count++;
        return;
    }
    frame_byte(f, 0xc0);
    frame_byte(f, (int)length + 3);
    frame_byte(f, 1);
    field_text(f, 0xa1, address, length); // counts the terminus itself
}

static inline void frame_end(struct frame *f, struct buffer *out) {
    put32(f->bytes + f->list, (uint32_t)(f->length - f->list - 4));
    put32(f->bytes + f->list + 4, f->count);
    put32(f->bytes, (uint32_t)f->length);
    buffer_put(out, f->bytes, f->length);
}

// Flow of the session, and of one link when `link` is set.
struct flow {
    uint32_t next_incoming, incoming_window, next_outgoing, outgoing_window;
    bool link;
    uint32_t handle, delivery_count, credit;
};
static inline void write_flow(struct buffer *out, const struct flow *flow) {
    struct frame f;
    frame_begin(&f, FRAME_AMQP, FLOW);
    field_uint(&f, flow->next_incoming);
    field_uint(&f, flow->incoming_window);
    field_uint(&f, flow->next_outgoing);
    field_uint(&f, flow->outgoing_window);
    if (flow->link) {
        field_uint(&f, flow->handle);
        field_uint(&f, flow->delivery_count);
        field_uint(&f, flow->credit);
    }
    frame_end(&f, out);
}

// Accepted and settled, deliveries first to last.
static inline void write_accepted(struct buffer *out, bool receiver, uint32_t first, uint32_t last) {
    struct frame f;
    frame_begin(&f, FRAME_AMQP, DISPOSITION);
    field_bool(&f, receiver);
    field_uint(&f, first);
    field_uint(&f, last);
    field_bool(&f, true);
    frame_byte(&f, 0x00);
    frame_byte(&f, 0x53);
    frame_byte(&f, ACCEPTED);
    frame_byte(&f, 0x45);
    f.count++;
    frame_end(&f, out);
}

// A range of consecutive deliveries waiting for one disposition frame.
struct range {
    uint32_t first, last;
    bool any;
};

// The fixed layout of the transfer frames aload writes and floor forwards: a list8 of handle 0, delivery-id as uint,
// an 8-byte tag, message-format 0, settled, more.
enum { TRANSFER_HEAD = 33, TRANSFER_ID_AT = 16, TRANSFER_TAG_AT = 22, TRANSFER_SETTLED_AT = 31, TRANSFER_MORE_AT = 32 };
static const uint8_t TRANSFER_FIXED[TRANSFER_HEAD] = {
    0,    0,    0,        0,    2,  0, 0, 0,       // size, data offset, type, channel
    0,    0x53, TRANSFER, 0xc0, 20, 6,             // list8 of six fields
    0x43,                                          // handle
    0x70, 0,    0,        0,    0,                 // delivery-id
    0xa0, 8,    0,        0,    0,  0, 0, 0, 0, 0, // tag
    0x43,                                          // message-format
    0x42, 0x42                                     // settled, more
};

#endif

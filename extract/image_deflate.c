#include "extract/image_deflate.h"

#include <endian.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Of RFC 1951. */
enum {
    WINDOW = 32 << 10, /* the largest distance */
    MAX_MATCH = 258,
    END_OF_BLOCK = 256,
    LITERALS = 286, /* literals, the end, and lengths from FIRST_LENGTH on */
    FIRST_LENGTH = 257,
    DISTANCES = 30,
    LENGTHS = 19, /* symbols by which the lengths of codes are told */
    MAX_BITS = 15,
    MAX_LENGTHS_BITS = 7,
};

/* Of our own. */
enum {
    MIN_MATCH = 4,
    ENOUGH = 32,      /* bytes; a match that long is taken without trying further places */
    MAX_ENTERED = 16, /* bytes; of longer matches only the first place is entered into the table */
    HASH_BITS = 14,
    TOKENS = 32 << 10, /* of a block */
    ROOM = 160 << 10,  /* bytes of rows at hand: the window and what comes */
    OUT_ROOM = 16 << 10,
};

struct code {
    uint32_t n[LITERALS];    /* how often each symbol occurs */
    uint16_t bits[LITERALS]; /* first bit lowest */
    uint8_t length[LITERALS];
};

struct image_deflate {
    struct str *out;
    size_t row, pixel;
    uint32_t adler;
    uint64_t held; /* n_held bits not yet in `packed` */
    unsigned n_held;
    size_t n_packed;
    unsigned char packed[OUT_ROOM];
    struct code literals, distances;
    uint32_t tokens[TOKENS]; /* a byte, or a distance << 9 | length */
    size_t n_tokens;
    uint32_t base; /* what bytes[0] is in the stream, modulo 2^32 */
    uint32_t places[1 << HASH_BITS];
    size_t at, n; /* in bytes: up to where they are in tokens, and how many there are */
    unsigned char bytes[ROOM];
};

/* ---- bits */

static void flush(struct image_deflate *d)
{
    str_add_bytes(d->out, d->packed, d->n_packed);
    d->n_packed = 0;
}

/* At most 32 bits at a time. */
static inline void put(struct image_deflate *d, uint32_t bits, unsigned n)
{
    d->held |= (uint64_t)bits << d->n_held;
    d->n_held += n;
    if (d->n_held < 32)
        return;
    uint32_t word = htole32((uint32_t)d->held);
    memcpy(d->packed + d->n_packed, &word, sizeof word);
    d->n_packed += sizeof word;
    d->held >>= 32;
    d->n_held -= 32;
    if (d->n_packed == OUT_ROOM)
        flush(d);
}

static inline void put_symbol(struct image_deflate *d, const struct code *code, unsigned symbol)
{
    put(d, code->bits[symbol], code->length[symbol]);
}

static void end_byte(struct image_deflate *d)
{
    put(d, 0, -d->n_held & 7);
}

/* ---- lengths and distances as symbols */

struct split {
    unsigned symbol, extra, n_extra; /* extra: the bits behind the symbol */
};

/* Symbols stand for ranges that double in size every 2^fine symbols. */
static inline struct split split_value(unsigned v, unsigned fine)
{
    unsigned top = 31 - (unsigned)__builtin_clz(v | 1), n = top > fine ? top - fine : 0;
    return (struct split){(n << fine) + (v >> n), v & ((1u << n) - 1), n};
}

static inline struct split split_length(unsigned length)
{
    if (length == MAX_MATCH)
        return (struct split){LITERALS - 1, 0, 0};
    struct split s = split_value(length - 3, 2);
    s.symbol += FIRST_LENGTH;
    return s;
}

static inline struct split split_distance(unsigned distance)
{
    return split_value(distance - 1, 1);
}

/* ---- Huffman codes */

struct leaf {
    uint32_t n;
    int symbol;
};

static int by_count(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? -1 : 1) : x->symbol - y->symbol;
}

/* Counts the leaves of each depth of a Huffman tree; those that are too deep, at `limit`. Leaves come by rising count.
 * Both they and the inner nodes as they are made are in order, so that the next two are always at one of two fronts. */
static void count_depths(const struct leaf *leaves, int n, int limit, int counts[MAX_BITS + 1])
{
    uint64_t weight[2 * LITERALS];
    int parent[2 * LITERALS], depth[2 * LITERALS], leaf = 0, inner = n, root = 2 * n - 2;
    for (int i = 0; i < n; i++)
        weight[i] = leaves[i].n;
    for (int made = n; made <= root; made++) {
        weight[made] = 0;
        for (int child = 0; child < 2; child++) {
            bool take_leaf = leaf < n && (inner == made || weight[leaf] <= weight[inner]);
            int taken = take_leaf ? leaf++ : inner++;
            weight[made] += weight[taken];
            parent[taken] = made;
        }
    }
    depth[root] = 0;
    for (int i = root - 1; i >= 0; i--) {
        depth[i] = depth[parent[i]] + 1;
        if (i < n)
            counts[depth[i] < limit ? depth[i] : limit]++;
    }
}

/* Makes leaves deeper until there is room for those that had been too deep (Kraft's sum is 1). */
static void make_room(int limit, int counts[MAX_BITS + 1])
{
    uint32_t sum = 0;
    for (int i = 1; i <= limit; i++)
        sum += (uint32_t)counts[i] << (limit - i);
    for (; sum > 1u << limit; sum--) {
        int i = limit - 1;
        while (!counts[i])
            i--;
        counts[limit]--;
        counts[i]--;
        counts[i + 1] += 2;
    }
}

static uint16_t reversed(unsigned bits, int n)
{
    unsigned r = 0;
    for (int i = 0; i < n; i++)
        r |= (bits >> i & 1) << (n - 1 - i);
    return (uint16_t)r;
}

/* RFC 1951, 3.2.2. */
static void number_codes(struct code *c, int n, int limit, const int counts[MAX_BITS + 1])
{
    unsigned next[MAX_BITS + 2] = {0};
    for (int i = 1; i <= limit; i++)
        next[i + 1] = (next[i] + (unsigned)counts[i]) << 1;
    for (int i = 0; i < n; i++)
        c->bits[i] = c->length[i] ? reversed(next[c->length[i]]++, c->length[i]) : 0;
}

/* The code for n symbols by their counts. At least two get one, as not every decoder takes a code of one. */
static void make_code(struct code *c, int n, int limit)
{
    struct leaf leaves[LITERALS];
    int counts[MAX_BITS + 1] = {0}, used = 0;
    for (int i = 0; i < n; i++)
        used += c->n[i] > 0;
    for (int i = 0; used < 2; i++)
        if (!c->n[i]) {
            c->n[i] = 1;
            used++;
        }
    used = 0;
    for (int i = 0; i < n; i++) {
        c->length[i] = 0;
        if (c->n[i])
            leaves[used++] = (struct leaf){c->n[i], i};
    }
    qsort(leaves, (size_t)used, sizeof *leaves, by_count);
    count_depths(leaves, used, limit, counts);
    make_room(limit, counts);
    for (int bits = limit, i = 0; bits > 0; bits--)
        for (int k = 0; k < counts[bits]; k++)
            c->length[leaves[i++].symbol] = (uint8_t)bits;
    number_codes(c, n, limit, counts);
}

/* ---- blocks */

enum { REPEAT = 16, SHORT_ZEROS = 17, LONG_ZEROS = 18 };

/* The lengths of both codes as symbols of a third one (RFC 1951, 3.2.7). */
struct told {
    struct code code;
    struct {
        uint8_t symbol, extra;
    } symbols[LITERALS + DISTANCES];
    int n;
};

static void tell(struct told *t, int symbol, int extra)
{
    t->symbols[t->n].symbol = (uint8_t)symbol;
    t->symbols[t->n++].extra = (uint8_t)extra;
    t->code.n[symbol]++;
}

static void tell_lengths(struct told *t, const uint8_t *lengths, int n)
{
    enum { MIN_RUN = 3, LONG_RUN = 11, MAX_ZEROS = 138, MAX_REPEAT = 6 };
    for (int i = 0; i < n;) {
        int run = 1, most = lengths[i] ? MAX_REPEAT + 1 : MAX_ZEROS;
        while (run < most && i + run < n && lengths[i + run] == lengths[i])
            run++;
        if (!lengths[i] && run >= LONG_RUN) {
            tell(t, LONG_ZEROS, run - LONG_RUN);
        } else if (!lengths[i] && run >= MIN_RUN) {
            tell(t, SHORT_ZEROS, run - MIN_RUN);
        } else if (lengths[i] && run > MIN_RUN) {
            tell(t, lengths[i], 0);
            tell(t, REPEAT, run - 1 - MIN_RUN);
        } else {
            tell(t, lengths[i], 0);
            run = 1;
        }
        i += run;
    }
}

static void put_codes(struct image_deflate *d)
{
    static const uint8_t order[LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    static const uint8_t n_extra[LENGTHS] = {[REPEAT] = 2, [SHORT_ZEROS] = 3, [LONG_ZEROS] = 7};
    struct told told = {.n = 0};
    uint8_t lengths[LITERALS + DISTANCES];
    unsigned literals = LITERALS, distances = DISTANCES, n = LENGTHS;
    while (literals > FIRST_LENGTH && !d->literals.length[literals - 1])
        literals--;
    while (distances > 1 && !d->distances.length[distances - 1])
        distances--;
    memcpy(lengths, d->literals.length, literals);
    memcpy(lengths + literals, d->distances.length, distances);
    tell_lengths(&told, lengths, (int)(literals + distances));
    make_code(&told.code, LENGTHS, MAX_LENGTHS_BITS);
    while (n > 4 && !told.code.length[order[n - 1]])
        n--;
    put(d, literals - FIRST_LENGTH, 5);
    put(d, distances - 1, 5);
    put(d, n - 4, 4);
    for (unsigned i = 0; i < n; i++)
        put(d, told.code.length[order[i]], 3);
    for (int i = 0; i < told.n; i++) {
        put_symbol(d, &told.code, told.symbols[i].symbol);
        put(d, told.symbols[i].extra, n_extra[told.symbols[i].symbol]);
    }
}

/* A block with codes of its own, of all tokens at hand. */
static void put_block(struct image_deflate *d, bool last)
{
    enum { OWN_CODES = 2 };
    d->literals.n[END_OF_BLOCK] = 1;
    make_code(&d->literals, LITERALS, MAX_BITS);
    make_code(&d->distances, DISTANCES, MAX_BITS);
    put(d, last, 1);
    put(d, OWN_CODES, 2);
    put_codes(d);
    for (size_t i = 0; i < d->n_tokens; i++) {
        unsigned distance = d->tokens[i] >> 9, length = d->tokens[i] & 511;
        if (!distance) {
            put_symbol(d, &d->literals, length);
            continue;
        }
        struct split l = split_length(length), far = split_distance(distance);
        put_symbol(d, &d->literals, l.symbol);
        put(d, l.extra, l.n_extra);
        put_symbol(d, &d->distances, far.symbol);
        put(d, far.extra, far.n_extra);
    }
    put_symbol(d, &d->literals, END_OF_BLOCK);
    memset(d->literals.n, 0, sizeof d->literals.n);
    memset(d->distances.n, 0, sizeof d->distances.n);
    d->n_tokens = 0;
}

/* ---- matches */

struct match {
    size_t length, distance;
};

static inline size_t common_length(const unsigned char *a, const unsigned char *b, size_t max)
{
    size_t n = 0;
    for (; n + 8 <= max; n += 8) {
        uint64_t x, y;
        memcpy(&x, a + n, sizeof x);
        memcpy(&y, b + n, sizeof y);
        if (x != y)
            return n + (size_t)(__builtin_ctzll(le64toh(x ^ y)) >> 3);
    }
    while (n < max && a[n] == b[n])
        n++;
    return n;
}

/* A place further off must give more than one byte more. */
static inline void try_distance(const unsigned char *p, size_t distance, size_t max, struct match *best)
{
    size_t n = common_length(p, p - distance, max);
    if (n > best->length + 1)
        *best = (struct match){n, distance};
}

/* Where MIN_MATCH bytes like those at p were last entered. */
static inline uint32_t *place_of(struct image_deflate *d, const unsigned char *p)
{
    uint32_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return &d->places[le32toh(bytes) * 2654435761u >> (32 - HASH_BITS)];
}

/* At least MIN_MATCH bytes are there from `at` on. An empty entry of the table is the first byte of all: a place like
 * any other. */
static inline struct match find_match(struct image_deflate *d, size_t at)
{
    const unsigned char *p = d->bytes + at;
    size_t max = d->n - at < MAX_MATCH ? d->n - at : MAX_MATCH;
    struct match best = {0, 0};
    uint32_t here = d->base + (uint32_t)at, *place = place_of(d, p);
    size_t back = here - *place;
    *place = here;
    if (at >= d->pixel)
        try_distance(p, d->pixel, max, &best);
    if (best.length < ENOUGH && at > d->row && d->row < WINDOW)
        try_distance(p, d->row + 1, max, &best);
    if (best.length < ENOUGH && back > 0 && back <= at && back <= WINDOW)
        try_distance(p, back, max, &best);
    return best;
}

static inline void add_token(struct image_deflate *d, uint32_t token)
{
    d->tokens[d->n_tokens++] = token;
    if (d->n_tokens == TOKENS)
        put_block(d, false);
}

/* Makes a token of what comes, which at least MIN_MATCH bytes are; how many it stands for. */
static inline size_t take_token(struct image_deflate *d, size_t at)
{
    struct match m = find_match(d, at);
    if (m.length < MIN_MATCH) {
        d->literals.n[d->bytes[at]]++;
        add_token(d, d->bytes[at]);
        return 1;
    }
    d->literals.n[split_length((unsigned)m.length).symbol]++;
    d->distances.n[split_distance((unsigned)m.distance).symbol]++;
    add_token(d, (uint32_t)(m.distance << 9 | m.length));
    for (size_t i = at + 1; m.length <= MAX_ENTERED && i < at + m.length && i + MIN_MATCH <= d->n; i++)
        *place_of(d, d->bytes + i) = d->base + (uint32_t)i;
    return m.length;
}

/* Leaves at least `ahead` bytes, so that what comes next is seen before a match is chosen: where the buffer ends
 * changes nothing. */
static void take_tokens(struct image_deflate *d, size_t ahead)
{
    while (d->n - d->at >= ahead)
        d->at += take_token(d, d->at);
}

static void make_space(struct image_deflate *d)
{
    take_tokens(d, MAX_MATCH + MIN_MATCH);
    size_t gone = d->at - WINDOW;
    memmove(d->bytes, d->bytes + gone, d->n - gone);
    d->base += (uint32_t)gone;
    d->at -= gone;
    d->n -= gone;
}

static void add_bytes(struct image_deflate *d, const unsigned char *bytes, size_t n)
{
    d->adler = libdeflate_adler32(d->adler, bytes, n);
    while (n) {
        if (d->n == ROOM)
            make_space(d);
        size_t part = ROOM - d->n < n ? ROOM - d->n : n;
        memcpy(d->bytes + d->n, bytes, part);
        d->n += part;
        bytes += part;
        n -= part;
    }
}

/* ---- a picture */

struct image_deflate *image_deflate_new(size_t row, size_t pixel, struct str *out)
{
    enum { DEFLATE_32K = 0x78, FASTEST = 0x01 /* and makes a multiple of 31 of both bytes */ };
    struct image_deflate *d = mem_new(sizeof *d);
    d->row = row;
    d->pixel = pixel;
    d->out = out;
    d->adler = 1;
    put(d, DEFLATE_32K, 8);
    put(d, FASTEST, 8);
    return d;
}

void image_deflate_row(struct image_deflate *d, const unsigned char *row)
{
    static const unsigned char no_filter = 0;
    add_bytes(d, &no_filter, 1);
    add_bytes(d, row, d->row);
}

void image_deflate_end(struct image_deflate *d)
{
    take_tokens(d, MIN_MATCH);
    for (; d->at < d->n; d->at++) {
        d->literals.n[d->bytes[d->at]]++;
        add_token(d, d->bytes[d->at]);
    }
    put_block(d, true);
    end_byte(d);
    for (int shift = 24; shift >= 0; shift -= 8)
        put(d, d->adler >> shift & 255, 8);
    for (; d->n_held; d->n_held -= 8, d->held >>= 8)
        d->packed[d->n_packed++] = (unsigned char)d->held;
    flush(d);
}

void image_deflate_free(struct image_deflate *d)
{
    free(d);
}

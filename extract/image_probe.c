#include "extract/image.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of a file, and what is read from it. */
struct probe {
    const unsigned char *bytes;
    size_t len;
    struct image_info *info;
    struct err *e;
};

static uint32_t big16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t big32(const unsigned char *p)
{
    return big16(p) << 16 | big16(p + 2);
}

static uint32_t little16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t little32(const unsigned char *p)
{
    return little16(p + 2) << 16 | little16(p);
}

static bool cut(struct probe *p, const char *what)
{
    return err_set(p->e, ERR_FORMAT, "%s: its header is cut or damaged after %zu bytes", what, p->len);
}

static bool size(struct probe *p, uint64_t width, uint64_t height)
{
    if (!width || !height)
        return err_set(p->e, ERR_FORMAT, "%s without width or height", p->info->media_type);
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || width * height > IMAGE_MAX_PIXELS)
        return err_set(p->e, ERR_LIMIT, "%s of %llu x %llu pixels is too large", p->info->media_type,
                       (unsigned long long)width, (unsigned long long)height);
    p->info->width = (int)width;
    p->info->height = (int)height;
    return true;
}

static bool starts(const struct probe *p, const char *magic, size_t n)
{
    return p->len >= n && !memcmp(p->bytes, magic, n);
}

/* ITU-T T.81: walks the segments to the frame header. */
static bool probe_jpeg(struct probe *p)
{
    p->info->media_type = "image/jpeg";
    size_t at = 2;
    while (at + 4 <= p->len) {
        if (p->bytes[at] != 0xff)
            return cut(p, "JPEG");
        int marker = p->bytes[at + 1];
        if (marker == 0xff || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) { /* fill, or no length */
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        if (marker == 0xd9 || marker == 0xda)
            break;
        const unsigned char *body = p->bytes + at + 4;
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame && at + 10 <= p->len) {
            p->info->readable = marker <= 0xc2 && body[0] == 8 && (body[5] == 1 || body[5] == 3);
            return size(p, big16(body + 3), big16(body + 1));
        }
        at += 2 + (size_t)big16(p->bytes + at + 2);
    }
    return cut(p, "JPEG");
}

/* PNG specification, 11.2.2 and 11.3.2. */
static bool probe_png(struct probe *p)
{
    p->info->media_type = "image/png";
    const unsigned char *b = p->bytes;
    if (p->len < 33 || memcmp(b + 12, "IHDR", 4))
        return cut(p, "PNG");
    bool transparent = b[25] & 4;
    for (size_t at = 33; at + 12 <= p->len && memcmp(b + at + 4, "IDAT", 4);) {
        if (!memcmp(b + at + 4, "tRNS", 4))
            transparent = true;
        size_t length = big32(b + at);
        if (length > p->len - at - 12)
            break;
        at += 12 + length;
    }
    p->info->readable = b[24] <= 8 && !transparent;
    return size(p, big32(b + 16), big32(b + 20));
}

static bool probe_gif(struct probe *p)
{
    p->info->media_type = "image/gif";
    return p->len < 13 ? cut(p, "GIF") : size(p, little16(p->bytes + 6), little16(p->bytes + 8));
}

static bool probe_bmp(struct probe *p)
{
    p->info->media_type = "image/bmp";
    if (p->len < 26)
        return cut(p, "BMP");
    if (little32(p->bytes + 14) == 12) /* OS/2 */
        return size(p, little16(p->bytes + 18), little16(p->bytes + 20));
    int64_t height = (int32_t)little32(p->bytes + 22);
    return size(p, little32(p->bytes + 18), (uint64_t)llabs(height));
}

/* TIFF 6.0 and BigTIFF: the width (256) and length (257) of the first directory. */
static bool probe_tiff(struct probe *p)
{
    p->info->media_type = "image/tiff";
    const unsigned char *b = p->bytes;
    bool little = b[0] == 'I';
    uint32_t (*two)(const unsigned char *) = little ? little16 : big16;
    uint32_t (*four)(const unsigned char *) = little ? little32 : big32;
    bool wide = two(b + 2) == 43;
    size_t entry = wide ? 20 : 12, head = wide ? 8 : 2;
    if (p->len < 16)
        return cut(p, "TIFF");
    uint64_t at = !wide ? four(b + 4) : little ? little32(b + 8) : big32(b + 12);
    if (wide && (little ? little32(b + 12) : big32(b + 8)))
        return cut(p, "TIFF");
    if (at > p->len || p->len - at < head)
        return cut(p, "TIFF");
    uint64_t n = two(b + at + (wide && !little ? 6 : 0)), width = 0, height = 0;
    at += head;
    for (; n > 0; n--, at += entry) {
        if (p->len - at < entry)
            return cut(p, "TIFF");
        uint32_t tag = two(b + at), type = two(b + at + 2);
        const unsigned char *value = b + at + (wide ? 12 : 8);
        uint32_t number = type == 3 ? two(value) : wide && type == 16 && !little ? four(value + 4) : four(value);
        if (tag == 256)
            width = number;
        if (tag == 257)
            height = number;
    }
    return size(p, width, height);
}

/* ITU-T T.800: a codestream's SIZ segment stands at its start; a JP2 file's boxes lead to it. */
static bool probe_j2k(struct probe *p, size_t at)
{
    const unsigned char *b = p->bytes + at;
    if (p->len - at < 42 || memcmp(b, "\xff\x4f\xff\x51", 4))
        return cut(p, "JPEG 2000");
    uint32_t x1 = big32(b + 8), y1 = big32(b + 12), x0 = big32(b + 16), y0 = big32(b + 20);
    return size(p, x1 > x0 ? x1 - x0 : 0, y1 > y0 ? y1 - y0 : 0);
}

static bool probe_jp2(struct probe *p)
{
    p->info->media_type = "image/jp2";
    for (size_t at = 0; at + 16 <= p->len;) {
        uint64_t length = big32(p->bytes + at), head = 8;
        if (length == 1) {
            length = (uint64_t)big32(p->bytes + at + 8) << 32 | big32(p->bytes + at + 12);
            head = 16;
        }
        if (!memcmp(p->bytes + at + 4, "jp2c", 4))
            return probe_j2k(p, at + head);
        if (length < head || length > p->len - at)
            break;
        at += length;
    }
    return cut(p, "JPEG 2000");
}

/* RFC 9649. */
static bool probe_webp(struct probe *p)
{
    p->info->media_type = "image/webp";
    const unsigned char *b = p->bytes;
    if (p->len < 30)
        return cut(p, "WebP");
    if (!memcmp(b + 12, "VP8 ", 4))
        return size(p, little16(b + 26) & 0x3fff, little16(b + 28) & 0x3fff);
    if (!memcmp(b + 12, "VP8L", 4))
        return size(p, (little32(b + 21) & 0x3fff) + 1, (little32(b + 21) >> 14 & 0x3fff) + 1);
    if (!memcmp(b + 12, "VP8X", 4))
        return size(p, (little32(b + 24) & 0xffffff) + 1, (little32(b + 27 - 1) >> 8) + 1);
    return cut(p, "WebP");
}

/* The first place of `word` within the first `limit` bytes, or NULL. */
static const unsigned char *search(const struct probe *p, const char *word, size_t limit)
{
    return memmem(p->bytes, p->len < limit ? p->len : limit, word, strlen(word));
}

/* Up to `n` numbers at `text`; returns how many. */
static int read_numbers(const struct probe *p, const unsigned char *text, double *numbers, int n)
{
    char copy[128];
    size_t len = (size_t)(p->bytes + p->len - text);
    len = len < sizeof copy - 1 ? len : sizeof copy - 1;
    memcpy(copy, text, len);
    copy[len] = 0;
    char *at = copy, *end;
    int found = 0;
    for (; found < n; found++, at = end) {
        while (*at == ',' || *at == '[' || *at == '"' || *at == '\'' || *at == '=' || isspace((unsigned char)*at))
            at++;
        numbers[found] = strtod(at, &end);
        if (end == at)
            break;
    }
    return found;
}

/* Vector formats say their size in points, if at all; one without is still an image. */
static bool box_size(struct probe *p, double width, double height)
{
    if (!(width >= 1 && height >= 1))
        return true;
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return err_set(p->e, ERR_LIMIT, "%s of %g x %g points is too large", p->info->media_type, width, height);
    p->info->width = (int)ceil(width);
    p->info->height = (int)ceil(height);
    return true;
}

static bool probe_box(struct probe *p, const char *key, size_t limit)
{
    double box[4];
    const unsigned char *found = search(p, key, limit);
    if (!found || read_numbers(p, found + strlen(key), box, 4) < 4)
        return true;
    return box_size(p, box[2] - box[0], box[3] - box[1]);
}

static bool probe_svg(struct probe *p)
{
    p->info->media_type = "image/svg+xml";
    double box[4], width = 0, height = 0;
    const unsigned char *found = search(p, "viewBox", 8192);
    if (found && read_numbers(p, found + 7, box, 4) == 4)
        return box_size(p, box[2], box[3]);
    if ((found = search(p, " width", 8192)))
        read_numbers(p, found + 6, &width, 1);
    if ((found = search(p, " height", 8192)))
        read_numbers(p, found + 7, &height, 1);
    return box_size(p, width, height);
}

static bool probe_other(struct probe *p)
{
    if (starts(p, "\xc5\xd0\xd3\xc6", 4) || (starts(p, "%!PS", 4) && search(p, "EPSF", 64))) {
        p->info->media_type = "application/postscript";
        return probe_box(p, "%%BoundingBox:", 65536);
    }
    if (search(p, "%PDF-", 1024)) {
        p->info->media_type = "application/pdf";
        return probe_box(p, "/MediaBox", p->len);
    }
    size_t at = starts(p, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (at < p->len && isspace(p->bytes[at]))
        at++;
    if (at < p->len && p->bytes[at] == '<' && search(p, "<svg", 4096))
        return probe_svg(p);
    return err_set(p->e, ERR_UNSUPPORTED, "no image format that is known here (%zu bytes)", p->len);
}

bool image_probe(const unsigned char *bytes, size_t len, struct image_info *info, struct err *e)
{
    struct probe p = {bytes, len, info, e};
    *info = (struct image_info){0};
    if (len > IMAGE_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "an image of %zu bytes is too large (limit %d)", len, IMAGE_MAX_BYTES);
    if (starts(&p, "\xff\xd8\xff", 3))
        return probe_jpeg(&p);
    if (starts(&p, "\x89PNG\r\n\x1a\n", 8))
        return probe_png(&p);
    if (starts(&p, "GIF87a", 6) || starts(&p, "GIF89a", 6))
        return probe_gif(&p);
    if (starts(&p, "II*\0", 4) || starts(&p, "MM\0*", 4) || starts(&p, "II+\0", 4) || starts(&p, "MM\0+", 4))
        return probe_tiff(&p);
    if (starts(&p, "\0\0\0\x0cjP  \r\n\x87\n", 12))
        return probe_jp2(&p);
    if (starts(&p, "\xff\x4f\xff\x51", 4)) {
        info->media_type = "image/jp2";
        return probe_j2k(&p, 0);
    }
    if (starts(&p, "RIFF", 4) && len >= 16 && !memcmp(bytes + 8, "WEBP", 4))
        return probe_webp(&p);
    if (starts(&p, "BM", 2) && len >= 18 &&
        (little32(bytes + 14) == 12 || (little32(bytes + 14) >= 40 && little32(bytes + 14) <= 124)))
        return probe_bmp(&p);
    return probe_other(&p);
}

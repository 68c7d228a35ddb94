/* image_measure_json.c: measurements on their way out of the sandbox. */
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "extract/image_measure.h"

#define NUMBER(name, most)                                                                                             \
    {                                                                                                                  \
#name, offsetof(struct image_measure, name), most, false                                                       \
    }
#define COUNT(name, most)                                                                                              \
    {                                                                                                                  \
#name, offsetof(struct image_measure, name), most, true                                                        \
    }

static const struct {
    const char *name;
    size_t offset;
    double most;
    bool whole; /* an int, else a double */
} fields[] = {
    NUMBER(white, 1),
    NUMBER(dominant, 1),
    NUMBER(grey, 1),
    NUMBER(vivid, 1),
    NUMBER(dark, 1),
    NUMBER(flat, 1),
    NUMBER(edges, 1),
    NUMBER(entropy, 6),
    NUMBER(colourfulness, 500),
    COUNT(colours, 4096),
    COUNT(rows, RASTER_MAX_SIDE),
    COUNT(columns, RASTER_MAX_SIDE),
    COUNT(corners, RASTER_MAX_SIDE),
    COUNT(bands, RASTER_MAX_SIDE),
    NUMBER(text, 1),
};

void image_measure_write(const struct image_measure *m, struct str *out)
{
    char hex[MEASURE_HASH_SIZE];
    str_add_char(out, '{');
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *at = (const char *)m + fields[i].offset;
        double number;
        int count;
        str_addf(out, "\"%s\":", fields[i].name);
        if (fields[i].whole) {
            memcpy(&count, at, sizeof count);
            str_addf(out, "%d,", count);
        } else {
            memcpy(&number, at, sizeof number);
            str_addf(out, "%.4f,", number);
        }
    }
    image_measure_hex(m->hash, hex);
    str_addf(out, "\"hash\":\"%s\"}", hex);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hash(const char *hex, unsigned char hash[MEASURE_HASH])
{
    if (!hex || strlen(hex) != MEASURE_HASH_SIZE - 1)
        return false;
    for (int i = 0; i < MEASURE_HASH; i++) {
        int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        hash[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool image_measure_read(const cJSON *from, struct image_measure *out, struct err *e)
{
    *out = (struct image_measure){0};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char *at = (char *)out + fields[i].offset;
        double number = json_number(from, fields[i].name, -1);
        int count = (int)(number >= 0 && number <= fields[i].most ? number : 0);
        if (!(number >= 0 && number <= fields[i].most))
            return err_set(e, ERR_FORMAT, "parser's message: '%s' of a picture is missing or out of range",
                           fields[i].name);
        if (fields[i].whole)
            memcpy(at, &count, sizeof count);
        else
            memcpy(at, &number, sizeof number);
    }
    return read_hash(json_text(from, "hash"), out->hash) ||
           err_set(e, ERR_FORMAT, "parser's message: a picture's hash is not of %d hex digits", MEASURE_HASH_SIZE - 1);
}

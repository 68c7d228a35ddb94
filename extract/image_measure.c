#include "extract/image_measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { COLOURS = 4096, LIGHTS = 64 };

/* ---- points */

struct tally {
    uint32_t colours[COLOURS], lights[LIGHTS];
    long points, white, grey, vivid, dark, flat, edges;
    double rg, yb, rg2, yb2; /* sums of opponent colours and of their squares */
};

struct pixel {
    int r, g, b;
};

static struct pixel pixel_at(const struct raster *r, int x, int y)
{
    const unsigned char *p = r->pixels + ((size_t)y * (size_t)r->width + (size_t)x) * (size_t)r->samples;
    return r->samples == 1 ? (struct pixel){p[0], p[0], p[0]} : (struct pixel){p[0], p[1], p[2]};
}

static int luminance(struct pixel p)
{
    return (77 * p.r + 150 * p.g + 29 * p.b) >> 8; /* Rec. 601 */
}

static int max3(int a, int b, int c)
{
    int m = a > b ? a : b;
    return m > c ? m : c;
}

static bool alike(struct pixel a, struct pixel b)
{
    return max3(abs(a.r - b.r), abs(a.g - b.g), abs(a.b - b.b)) <= 3;
}

static void count_point(struct tally *t, const struct raster *r, int x, int y)
{
    struct pixel p = pixel_at(r, x, y), right = pixel_at(r, x + 1 < r->width ? x + 1 : x, y),
                 below = pixel_at(r, x, y + 1 < r->height ? y + 1 : y);
    int light = luminance(p), most = max3(p.r, p.g, p.b), least = -max3(-p.r, -p.g, -p.b), spread = most - least;
    t->points++;
    t->white += least >= 245;
    t->grey += spread <= 12;
    t->vivid += spread > 64;
    t->dark += light < 64;
    t->flat += alike(p, right) && alike(p, below);
    t->edges += abs(light - luminance(right)) > 32 || abs(light - luminance(below)) > 32;
    t->colours[p.r >> 4 << 8 | p.g >> 4 << 4 | p.b >> 4]++;
    t->lights[light >> 2]++;
    double rg = p.r - p.g, yb = (p.r + p.g) / 2.0 - p.b;
    t->rg += rg;
    t->yb += yb;
    t->rg2 += rg * rg;
    t->yb2 += yb * yb;
}

static void measure_points(const struct raster *r, struct image_measure *out)
{
    struct tally *t = mem_new(sizeof *t);
    int step = 1;
    while ((long)((r->width + step - 1) / step) * ((r->height + step - 1) / step) > MEASURE_POINTS)
        step++;
    for (int y = step / 2; y < r->height; y += step)
        for (int x = step / 2; x < r->width; x += step)
            count_point(t, r, x, y);
    if (!t->points) /* a side is shorter than half a step */
        count_point(t, r, r->width / 2, r->height / 2);
    double n = (double)t->points, mean_rg = t->rg / n, mean_yb = t->yb / n;
    uint32_t most = 0;
    for (int i = 0; i < COLOURS; i++) {
        most = t->colours[i] > most ? t->colours[i] : most;
        out->colours += t->colours[i] && 1000 * (long)t->colours[i] >= t->points;
    }
    for (int i = 0; i < LIGHTS; i++)
        if (t->lights[i])
            out->entropy -= t->lights[i] / n * log2(t->lights[i] / n);
    out->dominant = most / n;
    out->white = (double)t->white / n;
    out->grey = (double)t->grey / n;
    out->vivid = (double)t->vivid / n;
    out->dark = (double)t->dark / n;
    out->flat = (double)t->flat / n;
    out->edges = (double)t->edges / n;
    double spread = t->rg2 / n - mean_rg * mean_rg + t->yb2 / n - mean_yb * mean_yb;
    out->colourfulness = sqrt(spread > 0 ? spread : 0) + 0.3 * sqrt(mean_rg * mean_rg + mean_yb * mean_yb);
    free(t);
}

/* ---- lines and bands of ink */

enum { ROW_POINTS = 128, COLUMN_POINTS = 64, LINE_DARK = 144, LINE_CONTRAST = 48, LINE_ASIDE = 3 };

/* One direction of a raster: `n` lines `across` bytes apart, each of `length` points `along` bytes apart. */
struct sweep {
    const unsigned char *first; /* the green sample stands for the luminance */
    int n, length, points;      /* points: of a line, that are looked at */
    size_t across, along;
};

struct run {
    int at, start, end; /* at: which line; start, end: along it */
};

/* The longest run of dark points of a line, and how many are dark in all. A point of the run is darker than what is
 * LINE_ASIDE beside it on one side at least, since bars stand on an axis: the edges of dark areas count, their inside
 * does not. */
static struct run longest_run(const struct sweep *s, int at, int *dark)
{
    struct run longest = {.at = at};
    const unsigned char *p = s->first + (size_t)at * s->across;
    int step = s->length > s->points ? s->length / s->points : 1, run = 0;
    ptrdiff_t side = LINE_ASIDE * (ptrdiff_t)s->across;
    *dark = 0;
    for (int i = 0; i < s->length; i += step, p += s->along * (size_t)step) {
        if (*p >= LINE_DARK) {
            run = 0;
            continue;
        }
        ++*dark;
        run = p[-side] > *p + LINE_CONTRAST || p[side] > *p + LINE_CONTRAST ? run + step : 0;
        if (run > longest.end - longest.start) {
            longest.end = i + step;
            longest.start = longest.end - run;
        }
    }
    *dark *= step;
    return longest;
}

/* Bands of ink: runs of lines that have some, with lines without any between them. */
struct bands {
    int sizes[RASTER_MAX_SIDE], n;
    int run;
};

static void end_band(struct bands *b)
{
    if (b->run)
        b->sizes[b->n++] = b->run;
    b->run = 0;
}

struct lines {
    struct run runs[RASTER_MAX_SIDE];
    int n;
};

/* Finds the lines over a quarter of `length` or more. Lines side by side are one thick line. */
static void find_lines(const struct sweep *s, struct lines *lines, struct bands *bands)
{
    int last = -LINE_ASIDE, dark;
    for (int i = LINE_ASIDE; i + LINE_ASIDE < s->n; i++) {
        struct run run = longest_run(s, i, &dark);
        bool line = 4 * (run.end - run.start) >= s->length;
        if (line) {
            if (i - last >= LINE_ASIDE)
                lines->runs[lines->n++] = run;
            last = i;
        }
        if (!line && dark * 100 >= s->length)
            bands->run++;
        else
            end_band(bands);
    }
    end_band(bands);
}

/* How many lines down stand with their foot on the left end of a line across: the axes of charts, and frames. */
static int count_corners(const struct lines *rows, const struct lines *columns, const struct raster *r)
{
    int corners = 0;
    for (int i = 0; i < columns->n; i++)
        for (int j = 0; j < rows->n; j++) {
            const struct run *down = &columns->runs[i], *across = &rows->runs[j];
            if (abs(down->end - across->at) * 32 < r->height + 64 &&
                abs(across->start - down->at) * 32 < r->width + 64) {
                corners++;
                break;
            }
        }
    return corners;
}

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The share of the height in bands like lines of text: about as high as their median, which is that of a letter. */
static double text_share(struct bands *b, int height)
{
    enum { LETTER_MIN = 3, LETTER_MAX = 40 };
    int sum = 0;
    if (!b->n)
        return 0;
    qsort(b->sizes, (size_t)b->n, sizeof *b->sizes, by_size);
    int median = b->sizes[b->n / 2];
    if (median < LETTER_MIN || median > LETTER_MAX)
        return 0;
    for (int i = 0; i < b->n; i++)
        if (2 * b->sizes[i] >= median && b->sizes[i] <= 2 * median)
            sum += b->sizes[i];
    return (double)sum / height;
}

static void measure_lines(const struct raster *r, struct image_measure *out)
{
    size_t pixel = (size_t)r->samples, row = (size_t)r->width * pixel;
    const unsigned char *green = r->pixels + (r->samples == 3 ? 1 : 0);
    struct sweep rows = {green, r->height, r->width, ROW_POINTS, row, pixel},
                 columns = {green, r->width, r->height, COLUMN_POINTS, pixel, row};
    struct bands bands = {.n = 0}, unused = {.n = 0};
    struct lines across = {.n = 0}, down = {.n = 0};
    find_lines(&rows, &across, &bands);
    find_lines(&columns, &down, &unused);
    out->rows = across.n;
    out->columns = down.n;
    out->corners = count_corners(&across, &down, r);
    out->bands = bands.n;
    out->text = text_share(&bands, r->height);
}

/* ---- hash */

enum { CELLS = 64, LOW = 16 };

/* The mean luminance of the pixels x0..x1, y0..y1 in 1/16, of at most 7 of them in each direction. */
static int32_t cell_light(const struct raster *r, int x0, int y0, int x1, int y1)
{
    enum { ENOUGH = 4 };
    int across = x1 - x0 > ENOUGH ? (x1 - x0) / ENOUGH : 1, down = y1 - y0 > ENOUGH ? (y1 - y0) / ENOUGH : 1;
    uint32_t sum[3] = {0}, n = 0;
    for (int y = y0; y < y1; y += down) {
        const unsigned char *p = r->pixels + ((size_t)y * (size_t)r->width + (size_t)x0) * (size_t)r->samples;
        for (int x = x0; x < x1; x += across, p += across * r->samples, n++)
            if (r->samples == 1) {
                sum[0] += *p;
            } else {
                sum[0] += p[0];
                sum[1] += p[1];
                sum[2] += p[2];
            }
    }
    uint32_t light = r->samples == 1 ? 256 * sum[0] : 77 * sum[0] + 150 * sum[1] + 29 * sum[2];
    return (int32_t)(light / (16 * n));
}

/* Sides below 64 pixels have cells that share pixels. */
static void reduce(const struct raster *r, int32_t cells[CELLS][CELLS])
{
    for (int v = 0; v < CELLS; v++) {
        int y0 = v * r->height / CELLS, y1 = (v + 1) * r->height / CELLS;
        for (int u = 0; u < CELLS; u++) {
            int x0 = u * r->width / CELLS, x1 = (u + 1) * r->width / CELLS;
            cells[v][u] = cell_light(r, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The discrete cosine transform's rows and columns 1 to 16, with its matrix in 1/4096, rounded: no processor's cosine
 * can change a bit. */
static void transform(int32_t cells[CELLS][CELLS], int64_t low[LOW * LOW])
{
    enum { TURN = 4 * CELLS };
    int32_t wave[TURN], matrix[LOW][CELLS], half[LOW][CELLS] = {{0}};
    for (int i = 0; i < TURN; i++)
        wave[i] = (int32_t)lround(4096 * cos(2 * M_PI / TURN * i));
    for (int k = 0; k < LOW; k++)
        for (int i = 0; i < CELLS; i++)
            matrix[k][i] = wave[(k + 1) * (2 * i + 1) % TURN];
    for (int k = 0; k < LOW; k++)
        for (int v = 0; v < CELLS; v++)
            for (int u = 0; u < CELLS; u++)
                half[k][u] += matrix[k][v] * cells[v][u]; /* below 2^31 in all: 64 * 4096 * 4080 */
    for (int k = 0; k < LOW; k++)
        for (int l = 0; l < LOW; l++) {
            int64_t sum = 0;
            for (int u = 0; u < CELLS; u++)
                sum += (int64_t)half[k][u] * matrix[l][u];
            low[k * LOW + l] = sum;
        }
}

static void measure_hash(const struct raster *r, struct image_measure *out)
{
    int32_t cells[CELLS][CELLS];
    int64_t low[LOW * LOW], sorted[LOW * LOW];
    reduce(r, cells);
    transform(cells, low);
    memcpy(sorted, low, sizeof low);
    qsort(sorted, LOW * LOW, sizeof *sorted, by_value);
    int64_t median = sorted[LOW * LOW / 2 - 1];
    for (int i = 0; i < LOW * LOW; i++)
        if (low[i] > median)
            out->hash[i / 8] |= (unsigned char)(0x80 >> i % 8);
}

void image_measure(const struct raster *r, struct image_measure *out)
{
    *out = (struct image_measure){0};
    measure_points(r, out);
    measure_lines(r, out);
    measure_hash(r, out);
}

void image_measure_hex(const unsigned char hash[MEASURE_HASH], char out[MEASURE_HASH_SIZE])
{
    for (int i = 0; i < MEASURE_HASH; i++) {
        out[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    out[2 * MEASURE_HASH] = 0;
}

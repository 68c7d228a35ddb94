/* merge_picture.c: which picture of a figure is the best, and how alike two are; see merge.h. */
#include <string.h>

#include "extract/merge.h"

enum {
    THUMBNAIL = 400, /* pixels of the longer side, up to which a publisher's file may be a preview */
    HASH_DIGITS_MAX = 256
};

static bool is_publishers(const struct match_figure *f)
{
    return strcmp(f->origin, "pdf") != 0;
}

static int longer_side(const struct match_figure *f)
{
    return f->width > f->height ? f->width : f->height;
}

static double area(const struct match_figure *f)
{
    return (double)f->width * f->height;
}

/* True when b's picture is to be taken instead of a's, which comes from a document that is trusted more. */
static bool is_better(const struct match_figure *a, const struct match_figure *b)
{
    if (is_publishers(a) && !is_publishers(b)) /* with a clear gain only: a crop may have cut something off */
        return longer_side(a) < THUMBNAIL && longer_side(b) >= 2 * longer_side(a);
    if (!is_publishers(a) && is_publishers(b))
        return !is_better(b, a);
    return area(b) >= 2 * area(a);
}

int merge_best_picture(const struct match_figure *figures, const size_t *members, size_t n)
{
    int best = -1;
    for (size_t i = 0; i < n; i++)
        if (figures[members[i]].image_sha256 && (best < 0 || is_better(&figures[members[best]], &figures[members[i]])))
            best = (int)i;
    return best;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

double merge_picture_agreement(const struct match_figure *a, const struct match_figure *b)
{
    static const int ones[] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    const char *x = a->image_hash, *y = b->image_hash;
    size_t len = x && y ? strlen(x) : 0;
    int apart = 0;
    if (!len || len > HASH_DIGITS_MAX || strlen(y) != len)
        return -1;
    for (size_t i = 0; i < len; i++) {
        int p = hex_value(x[i]), q = hex_value(y[i]);
        if (p < 0 || q < 0)
            return -1;
        apart += ones[p ^ q];
    }
    /* Hashes of unlike pictures differ in half of their bits. */
    double agreement = 1 - apart / (2.0 * (double)len);
    return agreement > 0 ? agreement : 0;
}

bool merge_same_picture(const struct match_figure *a, const struct match_figure *b)
{
    const char *of_a[] = {a->image_sha256, a->original_sha256}, *of_b[] = {b->image_sha256, b->original_sha256};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            if (of_a[i] && of_b[k] && strcmp(of_a[i], of_b[k]) == 0)
                return true;
    return false;
}

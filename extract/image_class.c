#include "extract/image_class.h"

/* The rules are asked in this order; the first that fits decides. Numbers were set on one half of a set of pictures
 * that were looked at, and are checked on the other. */

/* Everything drawn or printed on white paper has much of it. */
static bool on_paper(const struct image_measure *m)
{
    return m->white >= 0.75;
}

static bool without_colour(const struct image_measure *m)
{
    return m->grey > 0.98;
}

/* Icons and badges as small as a thumbnail, shaded. */
static bool is_icon(const struct image_measure *m, int shorter, int longer)
{
    return shorter <= 130 && longer <= 250 && m->flat < 0.6 && m->vivid < 0.5;
}

/* Tones run into each other: many luminances, and neighbours that differ. */
static bool is_photo(const struct image_measure *m)
{
    return !on_paper(m) && m->entropy >= 3 && (m->flat < 0.8 || m->entropy >= 4 || m->bands <= 4);
}

/* One or a few solid shapes and no text below each other. */
static bool is_logo(const struct image_measure *m, int shorter)
{
    if (m->bands > 3)
        return false;
    bool small = shorter <= 250 && (m->vivid > 0.05 || !on_paper(m));
    bool plain = shorter <= 250 && m->rows <= 1 && m->flat > 0.94 && m->edges < 0.05;
    bool solid = !on_paper(m) && m->entropy < 2.2 && m->edges < 0.06;
    return (m->text < 0.3 && (small || plain)) || solid;
}

/* A few lines of black on white, wider than high. */
static bool is_formula(const struct image_measure *m, int width, int height)
{
    return without_colour(m) && on_paper(m) && height <= 140 && width <= 900 && width > height && m->bands <= 7 &&
           m->rows <= 1;
}

/* Lines of text below each other, or as many edges as only small print has; or just rules. */
static double table_likeness(const struct image_measure *m, int width, int height)
{
    if (m->entropy >= 2.6)
        return 0;
    if (m->text >= 0.28 && m->edges < 0.3)
        return m->text >= 0.4 ? 0.9 : 0.7;
    if (m->edges >= 0.12 && m->columns == 0 && without_colour(m))
        return 0.5;
    bool rules = m->columns == 0 && m->rows >= 2 && m->rows <= 3 && width > 2 * height;
    return rules && without_colour(m) && m->flat > 0.85 && m->white > 0.92 ? 0.4 : 0;
}

/* Of what is left, one pair of axes makes a chart, and several are boxes; without any, thin drawings leave more of the
 * paper white than curves and bars do. These two are the hardest to tell apart. */
static struct image_class chart_or_diagram(const struct image_measure *m, int width, int height)
{
    static const struct image_class chart = {"chart", 0.5}, axes = {"chart", 0.7}, diagram = {"diagram", 0.5};
    if (m->vivid >= 0.12)
        return diagram;
    if (m->corners == 0)
        return m->flat >= 0.89 && m->white >= 0.93 ? diagram : chart;
    if (m->corners == 1)
        return m->bands < 4 || 2 * width > 7 * height ? diagram : axes;
    return m->columns >= 4 ? diagram : chart;
}

struct image_class image_classify(const struct image_measure *m, int width, int height)
{
    int shorter = width < height ? width : height, longer = width < height ? height : width;
    if (is_icon(m, shorter, longer))
        return (struct image_class){"logo", 0.5};
    if (is_photo(m))
        return (struct image_class){"photo", m->white > 0.5 ? 0.5 : m->entropy >= 4 ? 0.9 : 0.6};
    if (is_logo(m, shorter))
        return (struct image_class){"logo", 0.6};
    if (is_formula(m, width, height))
        return (struct image_class){"formula", 0.7};
    double table = table_likeness(m, width, height);
    if (table > 0)
        return (struct image_class){"table", table};
    return chart_or_diagram(m, width, height);
}

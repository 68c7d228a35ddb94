/* pdf_box.c: arithmetic on boxes. */
#include "extract/pdf_page.h"

/* As fmin and fmax, but without a call: boxes have no NaN. */
static inline double less(double a, double b)
{
    return a < b ? a : b;
}

static inline double more(double a, double b)
{
    return a > b ? a : b;
}

double box_width(struct box b)
{
    return b.x1 - b.x0;
}

double box_height(struct box b)
{
    return b.y1 - b.y0;
}

bool box_empty(struct box b)
{
    return !(b.x1 > b.x0) || !(b.y1 > b.y0);
}

double box_area(struct box b)
{
    return box_empty(b) ? 0 : (b.x1 - b.x0) * (b.y1 - b.y0);
}

struct box box_union(struct box a, struct box b)
{
    if (box_empty(a))
        return b;
    if (box_empty(b))
        return a;
    return (struct box){less(a.x0, b.x0), less(a.y0, b.y0), more(a.x1, b.x1), more(a.y1, b.y1)};
}

struct box box_intersect(struct box a, struct box b)
{
    struct box r = {more(a.x0, b.x0), more(a.y0, b.y0), less(a.x1, b.x1), less(a.y1, b.y1)};
    if (r.x1 < r.x0 || r.y1 < r.y0)
        return (struct box){0, 0, 0, 0};
    return r;
}

struct box box_grow(struct box b, double by)
{
    return (struct box){b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by};
}

bool box_contains(struct box outer, struct box inner, double slack)
{
    return inner.x0 >= outer.x0 - slack && inner.y0 >= outer.y0 - slack && inner.x1 <= outer.x1 + slack &&
           inner.y1 <= outer.y1 + slack;
}

double box_overlap_x(struct box a, struct box b)
{
    return less(a.x1, b.x1) - more(a.x0, b.x0);
}

double box_overlap_y(struct box a, struct box b)
{
    return less(a.y1, b.y1) - more(a.y0, b.y0);
}

bool box_holds_centre(struct box outer, struct box inner)
{
    double x = (inner.x0 + inner.x1) / 2, y = (inner.y0 + inner.y1) / 2;
    return x >= outer.x0 && x <= outer.x1 && y >= outer.y0 && y <= outer.y1;
}

/* panel_mark.h: panel labels in a caption, one by one; used by panel_*.c only. Which of them make a sequence, and which
 * text is whose, is panel_caption.c's business. */
#ifndef FIGMILL_EXTRACT_PANEL_MARK_H
#define FIGMILL_EXTRACT_PANEL_MARK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "extract/panel_caption.h"

enum { PANEL_SEEN = 0x10000 };

/* A caption as code points, brackets, commas, dashes and full-width letters folded to their ASCII forms. */
struct panel_line {
    const char *text;
    const int *code;
    const unsigned *at;        /* byte offset of each, n + 1 of them */
    const unsigned char *seen; /* a bit for each code point below PANEL_SEEN that is there, in lower case too */
    const int *depth;          /* open brackets in front of each */
    size_t n;
};

void panel_line_read(struct arena *arena, const char *text, size_t len, struct panel_line *out);

/* How a label is set. STYLE_POINT and what follows are believed only where a sentence or clause begins. */
enum panel_style {
    STYLE_BRACKETS,  /* (a) */
    STYLE_CIRCLE,    /* a sign that holds its own ring or brackets */
    STYLE_HALF,      /* a) */
    STYLE_LOOSE,     /* (a, control): the brackets hold more */
    STYLE_LOOSE_END, /* (control, a) */
    STYLE_POINT,     /* a. */
    STYLE_COLON,     /* a:, or the word panel in front */
    STYLE_COMMA,     /* a, */
    STYLE_DASH,      /* a - */
    STYLE_BARE,      /* a bold letter once */
};

/* What stands in front of a label. */
enum panel_edge { EDGE_NONE, EDGE_WORD, EDGE_COMMA, EDGE_SENTENCE }; /* EDGE_WORD: a conjunction */

enum { MARK_MAX_LABELS = PANEL_MAX };

struct panel_mark {
    size_t start, end; /* code points, the end behind bracket and colon */
    size_t rest;       /* STYLE_LOOSE: where the rest of what the brackets hold begins */
    enum panel_style style;
    enum panel_edge edge;
    bool closed;                           /* a full stop, comma, bracket or nothing follows */
    bool goes_on;                          /* a conjunction follows */
    bool capital;                          /* a capital letter follows, or one of a script without case */
    bool cased;                            /* what follows is of a script with case */
    bool refers;                           /* a word in front says that it cites a panel: "in", "panel" */
    bool range;                            /* all its labels come from one range */
    unsigned char labels[MARK_MAX_LABELS]; /* places in the alphabet, from 1; ascending as written */
    unsigned char subs[MARK_MAX_LABELS];   /* the 2 of "B2", or 0 */
    size_t n;
};

/* An alphabet: its members in order, each with the forms that are read as it. */
struct panel_alphabet {
    const char *members; /* separated by spaces; forms of one by '|'; '?' in front: often left out */
    enum panel_script script;
    bool capital;
    bool brackets_only; /* a letter that is a word in running text */
};

extern const struct panel_alphabet panel_alphabets[];
extern const size_t panel_n_alphabets;

/* Whether the member number `index` is one that printers leave out (J, Cyrillic short i). */
bool panel_member_optional(const struct panel_alphabet *a, int index);
/* The first form of a member, at most 15 bytes, into `out`; false when there is no such member. */
bool panel_member_name(const struct panel_alphabet *a, int index, char out[16]);

/* All marks of one alphabet in the line, in order. In the arena. */
struct panel_mark *panel_marks(struct arena *arena, const struct panel_line *line, const struct panel_alphabet *a,
                               size_t *n);

#endif

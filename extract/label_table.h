/* label_table.h: the label words as a trie, made from labels.tsv by scripts/label_table.py; used by label*.c only.
 *
 * A letter is a number from 1: all code points that are read as the same letter (F, f, full-width F, a bold F ...) have
 * the same one. Node 0 is none; the roots stand at the fixed places below; a node's children lie side by side, sorted.
 */
#ifndef FIGMILL_EXTRACT_LABEL_TABLE_H
#define FIGMILL_EXTRACT_LABEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum label_root { /* the order of ROOTS in label_table.py */
                  LABEL_IN_NONE,
                  LABEL_IN_PREFIX,      /* Figure 1 */
                  LABEL_IN_SUFFIX,      /* 1. ábra */
                  LABEL_IN_CIRCUMFIX,   /* 第1図 */
                  LABEL_IN_ALONE,       /* Graphical Abstract */
                  LABEL_IN_QUALIFIER,   /* Supplementary Figure 1 */
                  LABEL_IN_BEHIND,      /* Figura suplementar 1 */
                  LABEL_IN_NUMBER_WORD, /* Figura No. 1 */
                  LABEL_IN_CONTINUED,   /* Table 1 (continued) */
                  LABEL_IN_AND,         /* Figures 1 and 2 */
                  LABEL_IN_TO,          /* Figures 1 to 3 */
                  LABEL_IN_TAIL,        /* Figure 1-figure supplement 1 */
                  LABEL_IN_CUE,         /* Figure 1 shows */
};

enum {
    LABEL_PLURAL = 1,
    LABEL_CITE = 2,        /* an inflected form, no label of a caption */
    LABEL_DOT = 4,         /* too short to be believed without its dot */
    LABEL_SHORT = 8,       /* an abbreviation: its dot belongs to it */
    LABEL_NUMBER_DOT = 16, /* the number in front needs a dot */
    LABEL_BEFORE = 32,     /* means "continued" in front of the label word */
    LABEL_UNSPACED = 64,   /* a script without spaces: letters may follow at once */
    LABEL_GLUED = 128,     /* a particle: means what it does at once behind the number only */
    LABEL_ENGLISH = 256,   /* English has it, maybe among others */
    LABEL_NUMBERED = 512,  /* no label without a number: "Illustration: A. Painter" is a credit */
};

struct label_sense {
    const char *kind;     /* NULL for words of a role */
    const char *mark;     /* goes in front of the number; "" for none */
    const char *language; /* the only one that has the label word, or NULL */
    unsigned short flags;
};

struct label_node {
    unsigned short letter, child, n_children, sense;
};

struct label_letter {
    int code;
    unsigned short letter; /* 0: in no form */
    bool lower;
};

extern const struct label_letter label_ascii[128];
extern const struct label_letter label_letters[]; /* beyond ASCII, sorted by code */
extern const size_t label_n_letters;
extern const unsigned short label_space; /* the letter that stands for white space */
/* The nodes of an ASCII character below the roots PREFIX, QUALIFIER and SUFFIX, 0 for none: to turn most text away. */
extern const unsigned short label_first[3][128];
extern const struct label_node label_nodes[];
extern const struct label_sense label_senses[];

#endif

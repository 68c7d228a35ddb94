/* given.h: a plain list of works that a user gives: one a line, as DOI ("10.5555/x", "doi:...", a doi.org URL), PMCID
 * ("PMC123", its page), PMID ("123", "pmid:123", its page), arXiv number ("2101.00001", "arXiv:...", its page) or any
 * http(s) URL.
 *
 * Blank lines and those that begin with '#' are passed over, and a '#' behind white space begins a comment. Of TSV the
 * first column is taken, of CSV too: a file is CSV when its first line is a header that names the column ("doi,title"),
 * or when all of its first lines have the same number of commas, of at least two lines; else a comma is part of what
 * the line says, since DOIs and URLs may have some. Quotes around a field are taken off. */
#ifndef FIGMILL_INGEST_GIVEN_H
#define FIGMILL_INGEST_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    GIVEN_MAX = 5000000,   /* works in a list */
    GIVEN_MAX_LINE = 8192, /* bytes of a line */
    GIVEN_MAX_FAULTS = 1000
};

enum given_kind { GIVEN_DOI, GIVEN_PMCID, GIVEN_PMID, GIVEN_ARXIV, GIVEN_URL };

struct given_work {
    enum given_kind kind;
    const char *text; /* clean: "10.5555/abc" in lower case, "PMC123", "123", "2101.00001", a URL */
    size_t line;      /* from 1 */
};

struct given_fault {
    size_t line;
    const char *text; /* "'10.5' is no DOI, PMCID, PMID, arXiv number or http(s) URL" */
};

struct given {
    struct given_work *works; /* in the order of the list, each once */
    size_t n, cap;
    struct given_fault *faults; /* the first GIVEN_MAX_FAULTS */
    size_t n_faults, faults_cap;
    size_t bad;      /* lines that could not be read, all of them */
    size_t repeated; /* lines that name a work that was named before */
};

/* What one text names; its clean form is from the arena. False: nothing of these. */
bool given_one(const char *text, struct arena *arena, struct given_work *out);
/* Reads a list; lines that cannot be read are faults. ERR_FORMAT: it is no text (NULs, not UTF-8); ERR_LIMIT: more than
 * GIVEN_MAX works. A byte order mark is passed over; lines end in LF, CRLF or CR. */
bool given_read(const char *text, size_t len, struct arena *arena, struct given *out, struct err *e);

#endif

/* source.h: one small interface to every scholarly service: what to ask for a page of search results, and how to read
 * the answer. An adapter is two or three functions without state and without I/O: it makes URLs and reads bytes, so
 * recorded replies are all its tests need. The services as they are in 2026 are described at each adapter.
 *
 * Adapters trust no reply: a member that is missing or of another type is a fault of that record only (its place, the
 * member, what is wrong), never of the page; a page that is no reply of this service at all is ERR_FORMAT, one that
 * says "later" within a status of 200 is ERR_TEMPORARY. */
#ifndef FIGMILL_INGEST_SOURCE_H
#define FIGMILL_INGEST_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "ingest/content.h"
#include "ingest/query.h"

enum {
    SOURCE_MAX_PAGE = 2000,  /* records a reply may hold */
    SOURCE_MAX_FILES = 50,   /* URLs a record may name */
    SOURCE_MAX_URL = 4096,   /* bytes */
    SOURCE_MAX_SAID = 65536, /* bytes of record.said */
};

enum source_fact { FACT_UNKNOWN, FACT_NO, FACT_YES };

/* A file of a work that a record names. */
struct record_file {
    const char *url;     /* http(s), absolute */
    const char *kind;    /* "pdf", "xml", "html", "landing" */
    const char *license; /* of this copy, as stated; or NULL */
    const char *version; /* "published", "accepted", "submitted"; or NULL */
};

/* What a source says of one work. Strings live in the arena; NULL: nothing said. Text is clean (text_clean). */
struct record {
    const char *source_id;          /* its key in this source; never NULL */
    const char *doi, *pmcid, *pmid; /* as stated */
    const char *arxiv;              /* arXiv number without version */
    const char *title;
    const char *language; /* BCP 47 */
    int year;             /* 0: unknown */
    const char *date;     /* "YYYY-MM-DD", "YYYY-MM" or "YYYY" */
    const char *journal, *type;
    const char *license; /* as stated */
    const char *license_url;
    const char *abstract; /* only where the page has it */
    enum source_fact open, retracted;
    struct record_file *files;
    size_t n_files;
    const char *said; /* the record as JSON text, at most 64 KiB, to keep what the source said */
};

/* What could not be read of a record: where on the page, and why. A record without an identifier is left out; one with
 * another member that is no good lacks that member and is kept, so that nothing is lost by a service's new idea. */
struct record_fault {
    const char *place; /* "resultList.result[3]", "entry 5 (PMC123)" */
    const char *text;  /* "title is a number" */
};

struct source_page {
    int64_t hits; /* of the whole query, as the source says; -1: it does not say */
    struct record *records;
    size_t n, cap;
    struct record_fault *faults;
    size_t n_faults, faults_cap;
    const char *next; /* cursor of the page to ask for next; NULL: this was the last one */
};

struct source_request {
    const char *url;
    const char *accept; /* or NULL */
    const char *post;   /* form body, for queries too long for a URL; or NULL */
    enum content_want want;
};

struct source {
    const char *name;                   /* in profiles, tables and options: "europepmc" */
    const char *title;                  /* "Europe PMC" */
    const char *host;                   /* that it asks */
    const char *key;                    /* environment variable of the API key ("OPENALEX_KEY"); NULL: it has none */
    const char *key_query, *key_header; /* "api_key=%s" or "Authorization: Bearer %s": how the key is sent */
    bool key_needed; /* without a key a search gets no further than its first page: only a dry run asks then */
    int page_size;   /* records asked for at a time */
    int64_t window;  /* hits that can be paged through; more are split by date. 0: all */
    bool by_date;    /* it cannot search: pages list everything of the dates, and query_matches sieves */
    bool ranked;     /* it knows no operators: `hits` counts works with any of the words, best first; `read` keeps those
                        that match, and ends where nothing matches any more */

    /* The request for the page at `cursor` (NULL or "": the first) of at most `size` records (0: page_size); `contact`
     * is a mail address. ERR_UNSUPPORTED: this query cannot be asked here (the text says why). NULL: no search, only
     * works.
     */
    bool (*ask)(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e);
    /* Reads a reply, also one with a status that is no success (services answer 400 with a reason in JSON, 404 for no
     * hit). Guards against cursors that repeat, empty pages with hits left (ERR_TEMPORARY), hits that change. With
     * ERR_TEMPORARY out->next may name the cursor to go on with instead of asking for this page again ("": from the
     * beginning, as after a search history that has expired); records read before are stored then, and stay. */
    bool (*read)(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e);

    /* The request for one work by its DOI (clean, lower case), PMCID or arXiv number; read by `read` with q NULL: one
     * record or none. NULL: it cannot. ERR_UNSUPPORTED: not by this kind of identifier. */
    bool (*ask_work)(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e);
};

/* All of them, in the order in which they are asked; ends with NULL. */
extern const struct source *const sources[];
const struct source *source_lookup(const char *name); /* NULL: none of that name */

/* For adapters; ingest/source_json.h has more for those of JSON. */
/* The source's key from the environment, in the form in which it is sent, in the arena. False, and both NULL: there is
 * none. */
struct source_secret {
    const char *query, *header;
};
bool source_secret_read(const struct source *source, struct arena *arena, struct source_secret *out);

/* A zeroed record; NULL when the page holds SOURCE_MAX_PAGE already. Earlier ones may have moved. */
struct record *source_add_record(struct source_page *page, struct arena *arena);
void source_add_fault(struct source_page *page, struct arena *arena, const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Copies the file to the end of the record's, unless its URL is there already (http and https are one). A page of PMC
 * or Europe PMC for people is none that may be fetched (PMC's notice of copyright): it only tells the PMCID, where the
 * record has none. False when the URL is no http(s) one or there are too many; the file is left out then. */
bool source_add_file(struct record *r, struct arena *arena, const struct record_file *file);

/* What paging adapters put into their cursors: how many records came before, and the first one of the page before, by
 * which a page that comes again is known; behind it the service's own mark. */
struct source_cursor {
    int64_t seen;
    uint32_t first;
    const char *mark; /* in the cursor's text; "" at the beginning */
};
void source_cursor_read(const char *cursor, struct source_cursor *out);
/* Sets page->next from the service's next mark (NULL: it names none), `items` being what the page listed, good or not.
 * ERR_TEMPORARY: the page before has come again, many more have come than there are hits, or it is empty with hits
 * left, more than the 0.5 % that an index may change meanwhile. A page with records that names no next one, with hits
 * left, is the last one, and a fault of it says what is missing. */
bool source_turn(const char *title, const struct source_cursor *at, const char *mark, size_t items,
                 struct source_page *page, struct arena *arena, struct err *e);

enum source_id { SOURCE_ID_NONE, SOURCE_ID_DOI, SOURCE_ID_PMCID, SOURCE_ID_ARXIV };
enum source_id source_id_kind(const char *id);
/* Of an arXiv DOI or URL ("10.48550/arXiv.2101.00001v2", "https://arxiv.org/abs/hep-th/9901001"), the number without
 * its version; NULL: neither. */
const char *source_arxiv(struct arena *arena, const char *text);
/* "PMC123" of a PMC or Europe PMC article's page, of "PMC123", or of "123"; NULL: neither. */
const char *source_pmcid(struct arena *arena, const char *text);
/* "published", "accepted" or "submitted" of "publishedVersion", "acceptedVersion", "submittedVersion"; else NULL. */
const char *source_version(const char *text);
/* Appends percent-encoded text for a URL's path; '/' stays. */
void source_escape_path(const char *text, struct str *out);
/* ERR_UNSUPPORTED when the query has nothing to ask for. */
bool source_has_terms(const char *title, const struct query *q, struct err *e);

/* What a status that is no success means, for what an adapter does not know better: 408 425 429 5xx ERR_TEMPORARY,
 * 401 403 ERR_REFUSED, others ERR_FORMAT. `said` (the service's own words; NULL: none) is told. True for 2xx. */
bool source_status(const char *title, int status, const char *said, struct err *e);

/* Text for a record: text_clean; NULL when nothing is left. source_markup besides takes out tags ("<i>", "<jats:p>")
 * and decodes entities, as titles and abstracts have them. Both at most 256 KiB. */
const char *source_text(struct arena *arena, const char *text);
const char *source_markup(struct arena *arena, const char *text);
/* The BCP 47 tag of a code ("eng", "pt_BR"); NULL when it is none, or "und", "mul". */
const char *source_language(struct arena *arena, const char *code);
/* Dates as services write them ("2020-1-5", "2020/01", "2020 Dec 14", "2020-01-05T00:00:00Z", "2021 Winter") as
 * "YYYY[-MM[-DD]]"; false when no year from 1500 to 2999 stands in front. *year may be NULL. */
bool source_date(const char *text, char date[11], int *year);
/* Sets the record's date and year, when it has none. */
void source_set_date(struct record *r, struct arena *arena, const char *text);

#endif

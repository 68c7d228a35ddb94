/* pmc.h: PMC's cloud bucket (PMC Cloud Service), from which fetch takes articles first: full text, pictures, licence
 * and MD5 of each file, without a key. It makes URLs and reads bytes, no I/O.
 *
 * The bucket pmc-oa-opendata (https://pmc.ncbi.nlm.nih.gov/tools/pmcaws/), as it has been since February 2026, the old
 * oa.fcgi, FTP packages and prefixes being gone since August: one prefix for each VERSION of an article,
 * PMC<digits>.<version>/, in it PMC<digits>.<version>.{xml,txt,json,pdf} and media by the publisher's names; a second
 * copy of the JSON at metadata/. Whether an article has a newer version is told by a listing with the dot and the
 * delimiter (ListObjectsV2); what may be done with it only by the JSON, which is read before anything else. Author
 * manuscripts (licence code "TDM") have neither PDF nor media there. The JSON's ETag changes if and only if anything of
 * that version did; the daily inventory (gzip CSV: bucket, key, last modified, ETag) tells those of all articles, for
 * increments.
 *
 * An article's requests: pmc_versions_url -> pmc_versions_read, as often as there is a token -> pmc_metadata_url ->
 * pmc_metadata_read -> its files, with their MD5. */
#ifndef FIGMILL_INGEST_PMC_H
#define FIGMILL_INGEST_PMC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/md5.h"
#include "ingest/source.h"

#define PMC_BUCKET "pmc-oa-opendata"
#define PMC_HOST   PMC_BUCKET ".s3.amazonaws.com"

enum {
    PMC_MAX_MEDIA = 2000,   /* files that an article may have */
    PMC_MAX_PAGES = 20,     /* of a listing; a page has 1,000 entries */
    PMC_MAX_FILES = 10000,  /* of an inventory */
    PMC_MAX_VERSION = 9999, /* of an article */
    PMC_MAX_LINE = 4096,    /* bytes of an inventory's line */
};

/* The URL of one page of the listing of an article's versions. `token` is that of the page before (NULL: the first).
 * ERR_FORMAT (NULL) when `pmcid` is no "PMC123". */
const char *pmc_versions_url(const char *pmcid, const char *token, struct arena *arena, struct err *e);

struct pmc_versions {
    int highest;       /* so far; 0: none */
    int n;             /* how many versions */
    int pages;         /* read so far */
    const char *token; /* of the next page; NULL: that was all */
};
/* Adds a page to *out, which is zeroed in front of the first. ERR_TEMPORARY: SlowDown and other errors of the store's
 * own, a page that comes again. ERR_FORMAT: no listing, cut. ERR_LIMIT: more than PMC_MAX_PAGES. An article that is not
 * in the bucket is a listing without versions. */
bool pmc_versions_read(const char *pmcid, int status, const char *body, size_t len, struct arena *arena,
                       struct pmc_versions *out, struct err *e);

const char *pmc_metadata_url(const char *pmcid, int version, struct arena *arena);

struct pmc_file {
    const char *url;    /* https */
    const char *name;   /* the key's part behind the last slash: as the article's XML names it */
    char md5[MD5_SIZE]; /* lower case; "" when none is stated */
};

struct pmc_article {
    const char *pmcid, *pmid, *doi; /* NULL: none */
    const char *mid;                /* of a manuscript: "NIHMS265402" */
    int version;
    const char *title, *citation;
    const char *license_code; /* "CC BY", ..., "TDM": text mining only; NULL: none is stated. Unknown ones occur */
    bool open_access;         /* of PMC's open access subset */
    bool manuscript;          /* an author's manuscript, not the published article */
    bool retracted, historical_ocr;
    struct pmc_file xml, pdf, text; /* url NULL: there is none */
    struct pmc_file *media;
    size_t n_media;
    const char *said; /* the JSON, canonical, at most 64 KiB */
};
/* Reads the metadata. ERR_FORMAT names the member that is not as it should be: another article's, another type (a
 * licence or a retraction must not be guessed), a URL that is none of the bucket's, an MD5 that is none. ERR_TEMPORARY
 * as above. `version` 0: any. */
bool pmc_metadata_read(const char *pmcid, int version, int status, const char *body, size_t len, struct arena *arena,
                       struct pmc_article *out, struct err *e);

/* The inventory. Its folders are dates ("2026-11-22T01-00Z"), kept for 30 days; "hive/" and "data/" beside them are
 * not. */
const char *pmc_inventories_url(const char *token, struct arena *arena);
struct pmc_inventories {
    const char *latest; /* "2026-11-22T01-00Z", so far; NULL: none */
    int pages;
    const char *token;
};
bool pmc_inventories_read(int status, const char *body, size_t len, struct arena *arena, struct pmc_inventories *out,
                          struct err *e);
const char *pmc_manifest_url(const char *inventory, struct arena *arena);

struct pmc_manifest {
    int bucket, key, modified, etag; /* columns, from 0 */
    int columns;
    struct pmc_file *files; /* gzip CSV */
    size_t n;
};
/* ERR_FORMAT: no manifest, no CSV, a column is missing. */
bool pmc_manifest_read(int status, const char *body, size_t len, struct arena *arena, struct pmc_manifest *out,
                       struct err *e);

/* A line of the inventory: a version of an article, and the state that its metadata is in. */
struct pmc_change {
    char pmcid[16];
    int version;
    char modified[32]; /* "2026-01-08T11:47:59.000Z" */
    char etag[64];     /* without quotes */
};
/* False to stop. */
typedef bool pmc_change_fn(void *context, const struct pmc_change *change);

/* Reads one gzip CSV, in pieces of any size. There is no header row. Other buckets'
 * keys are passed over, and other ones than metadata/PMC<digits>.<version>.json, and broken lines, which are counted.
 */
struct pmc_inventory;
struct pmc_inventory *pmc_inventory_new(const struct pmc_manifest *manifest, pmc_change_fn *each, void *context);
/* ERR_FORMAT: no gzip, damaged. ERR_ABORT: `each` said so. */
bool pmc_inventory_add(struct pmc_inventory *inventory, const void *bytes, size_t len, struct err *e);
/* ERR_FORMAT when the stream has not ended, or more than one line in a hundred was broken. */
bool pmc_inventory_end(struct pmc_inventory *inventory, struct err *e);
uint64_t pmc_inventory_lines(const struct pmc_inventory *inventory);
uint64_t pmc_inventory_broken(const struct pmc_inventory *inventory);
void pmc_inventory_free(struct pmc_inventory *inventory); /* NULL is fine */

#endif

/* route.h: the way to an article's files: which URLs to ask next, decided from what the database holds and nothing
 * else.
 *
 * Routes are tried in this order until one wins; one that fails leaves its reason:
 *   lookup     articles of which no source has said anything: Europe PMC is asked by DOI or PMID for a record
 *   pmc        the PMC bucket: versions -> metadata (identifiers, licence, retraction, MD5s) -> XML and pictures, the
 * PDF with --pdf or where there is no XML; a published version before an author's manuscript europepmc  full text XML,
 * then the pictures that it names xml        an XML file that a record names, then its pictures pdf        PDFs that
 * records name: published before accepted before submitted; then what Unpaywall and OpenAlex know landing    the page
 * behind the DOI, and the files that its meta elements name given      a URL that the user named
 *
 * The licence is known and allowed before pictures or PDFs are asked for. Nothing is asked of hosts that forbid
 * programs (pmc.ncbi.nlm.nih.gov). */
#ifndef FIGMILL_INGEST_ROUTE_H
#define FIGMILL_INGEST_ROUTE_H

#include "db/fetch.h"
#include "ingest/content.h"
#include "ingest/crawl.h"
#include "ingest/license.h"
#include "ingest/source.h"

enum { ROUTE_MAX_MEDIA = 500 /* pictures of an article */, ROUTE_MAX_PDFS = 6 /* copies tried */ };

extern const char *const route_names[]; /* in order; ends with NULL */

struct route_rules {
    unsigned routes; /* a bit for each of route_names */
    struct license_rule licenses;
    bool pdf;                                 /* the PDF too where there is an XML */
    uint64_t max_pdf, max_image, max_article; /* bytes; 0: no limit but the crawler's */
    const char *contact;
    bool last; /* the article's last attempt: what failed for a while counts as failed, and other routes are tried */
};

/* A URL to ask; route, role, url, name, md5, license and license_source as in table fetch. */
struct route_want {
    struct fetch_row row;
    enum crawl_kind kind;
    enum content_want want;
    uint64_t max_bytes;
    const char *accept, *post;   /* or NULL */
    const struct source *source; /* whose key goes with it; or NULL */
};

struct route_step {
    enum {
        ROUTE_WANTS,   /* ask these; nothing when all that is wanted is under way */
        ROUTE_WON,     /* documents and assets are complete */
        ROUTE_DROPPED, /* it may not be used: drop_reason, why */
        ROUTE_LATER,   /* a server could not answer: why */
        ROUTE_FAILED,  /* no route has it: why, with each route's reason */
    } what;
    struct route_want *wants;
    size_t n;
    const char *route;                       /* that won */
    const struct fetch_row **documents;      /* WON: rows of bytes that become documents, XML first */
    const struct fetch_row **assets;         /* and pictures beside them */
    size_t n_documents, n_assets, n_missing; /* missing: pictures that could not be had */
    const char *doi, *pmcid, *pmid;          /* of the article, with what was learned on the way; or NULL */
    const char *drop_reason;
    struct fetch_choice bucket; /* what PMC's bucket gave: of the version taken, or last looked at */
    struct err why;
};

/* A row in state `wanted` is one to be asked. Pure: the same input gives the same step. All lives in the arena. */
void route_next(const struct fetch_article *article, const struct fetch_row *rows, size_t n_rows,
                const struct route_rules *rules, struct arena *arena, struct route_step *out);

/* The last part of a URL's path as a file's name ("fig1.jpg"), percent codes undone, without what a path must not have;
 * `fallback` where nothing is left. */
const char *route_file_name(const char *url, const char *fallback, struct arena *arena);

#endif

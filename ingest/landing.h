/* landing.h: what an article's landing page says of it: the Highwire tags that Google Scholar asks publishers for
 * (citation_title, citation_pdf_url, ...), and where these are missing those of EPrints, bepress, PRISM and Dublin
 * Core, then <link rel="alternate" type="application/pdf">.
 *
 * Names may stand in name= or property=, in any case; values may be quoted or not; URLs are made absolute by <base> or
 * by the page's own URL. Found by import_xml's tolerant scanner, which makes no tree. */
#ifndef FIGMILL_INGEST_LANDING_H
#define FIGMILL_INGEST_LANDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/source.h"

enum { LANDING_MAX = 4 << 20 /* bytes of a page, as UTF-8, that are read; the rest is passed over */ };

enum landing_state {
    LANDING_ARTICLE,   /* a page about an article */
    LANDING_PREVIEW,   /* the same, but the page itself says that its text is not free (record.open is FACT_NO) */
    LANDING_CHALLENGE, /* it wants proof of a human reader: a challenge, a captcha */
    LANDING_LOGIN,     /* it wants a password, and names no article */
    LANDING_OTHER,     /* a page that names no article: a moved address, an error, a list */
};

struct landing {
    enum landing_state state;
    const char *why;     /* of a state other than LANDING_ARTICLE: "'isAccessibleForFree' is false"; else NULL */
    const char *opt_out; /* "meta robots: noai" when the page forbids this use of it; NULL: it does not */
    const char *refresh; /* URL of a <meta http-equiv="refresh"> on a page that names no article; or NULL */
    const char *charset; /* that the page was read in, as named; NULL: guessed, or UTF-8 */
    /* source_id is the page's URL. Files are in the order in which to try them: XML, then PDFs (citation_pdf_url
     * first), then full text as HTML; none of a challenge or login. `said` is a JSON object of the tags that were
     * taken. */
    struct record record;
};

/* `url` is the page's, after redirects; `content_type` its header or NULL. The character set is that of the byte order
 * mark, else the header's, else the one in its <meta>, else a guess; a label that the bytes contradict is not believed
 * (Latin-1 announced as UTF-8, UTF-8 announced as Latin-1). ERR_FORMAT: it is no HTML. */
bool landing_read(const char *url, const char *content_type, const char *body, size_t len, struct arena *arena,
                  struct landing *out, struct err *e);

/* A date as pages write it ("2019/02/07", "07/2019", "00/2010", "Apr 22, 2019", "2010 Jun 1", "19/03/2009") as
 * "YYYY[-MM[-DD]]"; where day and month could be either, the year alone. False: there is no year in it. */
bool landing_date(const char *text, char date[11]);

#endif

/* content_page.h: what kind of page an HTML page is, by the marks that servers leave in those that stand in an
 * article's place: challenges of bot walls, logins, consents, paywalls, errors. */
#ifndef FIGMILL_INGEST_CONTENT_PAGE_H
#define FIGMILL_INGEST_CONTENT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_TITLE_SIZE = 80 };

struct page_look {
    const char *wrong;           /* static: "Cloudflare challenge", "login page"; NULL: nothing speaks against it */
    bool article;                /* it has the meta elements of an article's page (citation_*, DC, PRISM, ...) */
    char title[PAGE_TITLE_SIZE]; /* what stands in <title>, cut; "" none */
};

/* Looks at the page's first bytes, in an ASCII-compatible encoding. `whole`: they are all of it. Marks that pages of
 * articles carry too (a login form, a captcha in a comment form) count only where nothing says that it is one. */
void page_look(const char *text, size_t len, bool whole, struct page_look *out);

#endif

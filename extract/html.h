/* html.h: articles as HTML: figure/figcaption and the common publishers' markup, citation_* and dc.* metadata. */
#ifndef FIGMILL_EXTRACT_HTML_H
#define FIGMILL_EXTRACT_HTML_H

#include "extract/article.h"

enum { HTML_MAX_BYTES = 32 << 20 };

/* Fills `a`. ERR_UNSUPPORTED when the page is no article (a challenge, login or error page: no citation metadata, no
 * article element with a figure, and hardly any text), with the page's title in the text. */
bool html_extract(const char *bytes, size_t len, struct article *a, struct err *e);

#endif

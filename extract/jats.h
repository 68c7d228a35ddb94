/* jats.h: JATS / NLM journal articles (JATS 1.x, NLM 2/3, SciELO PS, PMC) by libxml2. The only libxml2 user but for
 * html.h, which shares its tree helpers.
 *
 * No network, no external entity, no DTD is ever loaded; internal entities are not expanded (XML_PARSE_NOENT is off;
 * HTML's named entities, which JATS's DTD declares, are known by a table); depth, node and size limits of libxml2 stay
 * on. Captions are clean Unicode: sub and sup that have Unicode forms become them when short (10⁻³, CO₂), else stay
 * inline; formulas: mml:math's text or a plain rendering; tex-math is left out where another form stands beside it. */
#ifndef FIGMILL_EXTRACT_JATS_H
#define FIGMILL_EXTRACT_JATS_H

#include "extract/article.h"

/* Largest input in bytes. */
enum { JATS_MAX_BYTES = 64 << 20 };

/* Fills `a` from an XML document. ERR_FORMAT when it is not well-formed beyond recovery (the text holds libxml2's
 * message with line and column), ERR_UNSUPPORTED when its root is not an article, ERR_LIMIT past a limit. Small
 * well-formedness faults are recovered from with a warning, as long as the article root, front and body are there. */
bool jats_extract(const char *bytes, size_t len, struct article *a, struct err *e);

#endif

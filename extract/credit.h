/* credit.h: figures that belong to others, by what their caption or credit line says, in several languages; and
 * articles that are retracted.
 *
 * An article's licence covers what its authors made. A figure that is "reproduced with permission" is covered by a
 * permission given to that article alone, and must not go out under the article's licence. The kinds, strongest first:
 *
 *   open         taken from elsewhere, where it is under CC BY, CC BY-SA, CC0 or in the public domain by its own words
 *   permission   reproduced, reprinted, or shown by permission or courtesy of somebody; also adapted by permission
 *   copyright    a copyright notice of somebody else: "© 2015 Elsevier". One of the authors is none
 *   adapted      adapted or modified from, redrawn after: the authors' own drawing after another's; nobody speaks of
 *                permission, and the drawing itself is under the article's licence
 *
 * Consent of a patient to be shown is none of these. */
#ifndef FIGMILL_EXTRACT_CREDIT_H
#define FIGMILL_EXTRACT_CREDIT_H

#include <stddef.h>

#include "extract/article.h"

/* The kind that a text tells of (a static string of those above), or NULL. */
const char *credit_of_text(const char *text);
/* The strongest over a figure's credit line and its captions in all languages. A name in a credit line alone
 * ("Photo: J. Smith") is no kind. */
const char *credit_of_figure(const struct art_figure *f);

/* What says that an article is retracted, or is the notice of a retraction: the front matter's own field, its article
 * type, or how its title begins, in several languages ("RETRACTED:", "Retraction note", "撤稿"). NULL: nothing. */
const char *credit_retraction(const struct art_front *f);

#endif

/* extraction.h: one document in the hands of the extract stage, between the sandbox that parses it and the rows that it
 * becomes. */
#ifndef FIGMILL_EXTRACT_EXTRACTION_H
#define FIGMILL_EXTRACT_EXTRACTION_H

#include "base/sha256.h"
#include "db/document.h"
#include "extract/article.h"
#include "extract/image_measure.h"
#include "extract/panel_split.h"
#include "extract/service.h"
#include "stage/runner.h"

/* A figure's picture, as far as it came. */
struct picture {
    char sha256[SHA256_SIZE], original_sha256[SHA256_SIZE]; /* "" where there is none */
    const char *media_type, *original_media_type;
    int width, height;
    const char *note;
    int64_t bytes;
    struct image_measure measure;
    bool measured;
    struct panel_cut cut; /* n 0: none came */
};

struct extraction {
    struct document document;
    struct article article;
    struct picture *pictures; /* one a figure */
    size_t n_pictures;
    const char *corpus;
};

/* Parses the document behind `fd` in the stage's sandbox, and keeps its pictures, and those among the article's files
 * that it names, as blobs. */
bool extraction_read(struct stage_context *c, struct extraction *x, const struct service_options *o, int fd,
                     struct err *e);
/* Writes front matter, figures and what belongs to them, and matches them with those of the article's other documents.
 */
bool extraction_store(struct stage_context *c, struct extraction *x, struct err *e);
/* Ready for another document. */
void extraction_clear(struct extraction *x);

/* How a document is read, by its kind. */
enum service_op extraction_op(const struct document *document);

#endif

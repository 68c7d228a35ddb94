/* service.h: the parsers behind the sandbox's wall: both ends of the wire, so that nothing else knows what goes over
 * it.
 *
 * A document or an image file goes in as a descriptor; out come image frames (a JSON head and the image's bytes) and,
 * for a document, last its article as JSON. The outer end trusts nothing of it: heads are checked, media types are
 * mapped to known ones, and the article goes through article_read. */
#ifndef FIGMILL_EXTRACT_SERVICE_H
#define FIGMILL_EXTRACT_SERVICE_H

#include "extract/article.h"
#include "stage/sandbox.h"

enum service_op { SERVICE_JATS, SERVICE_HTML, SERVICE_PDF, SERVICE_IMAGE };

/* The inner end: what a stage's sandbox_options take. */
enum { SERVICE_MEMORY = 1 << 30 }; /* bytes of address space */
void service_warm(void);
/* What sandbox_loaded gives to the service is a struct ocr (ocr.h), or NULL. */
sandbox_service_fn service_serve;

struct service_options {
    bool images;    /* PDF: render figures */
    double max_dpi; /* PDF */
    bool ocr;       /* PDF: use what the inner end has loaded */
    int timeout_s;
};

/* What came for one image: `is_original` for the document's own form where the picture is another one, which comes
 * first. Bytes are valid during the call; for SERVICE_IMAGE they are NULL where the file itself is meant. */
typedef bool service_image_fn(void *context, size_t figure, bool is_original, const struct image *image, struct err *e);

/* Parses the document behind `fd`. On success `a` is filled (article_release it). */
bool service_document(struct sandbox *s, enum service_op op, const struct service_options *options, int fd,
                      struct article *a, service_image_fn *each, void *context, struct err *e);

/* Looks at an image file, decodes it to the end, and gives one picture (figure 0); with `panels` 2 or more, image.cut
 * is set when it could be cut into so many (`first`: see struct panel_hints). */
bool service_image(struct sandbox *s, int fd, size_t panels, char first, int timeout_s, service_image_fn *each,
                   void *context, struct err *e);

#endif

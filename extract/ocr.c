#include "extract/ocr.h"

#if HAVE_TESSERACT

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

#include "base/mem.h"

struct ocr {
    TessBaseAPI *api;
};

/* Tesseract leaves out a language that it has no data for, and says so on stderr only. */
static bool has_all(TessBaseAPI *api, const char *languages)
{
    char **loaded = TessBaseAPIGetLoadedLanguagesAsVector(api);
    bool all = loaded != NULL;
    for (size_t len; all && *languages; languages += len + (languages[len] == '+')) {
        bool found = false;
        len = strcspn(languages, "+");
        for (char **l = loaded; *l && !found; l++)
            found = strlen(*l) == len && strncmp(*l, languages, len) == 0;
        all = found;
    }
    TessDeleteTextArray(loaded);
    return all;
}

struct ocr *ocr_open(const char *languages, struct err *e)
{
    struct ocr *o = mem_new(sizeof *o);
    /* Tesseract asks OpenMP for four threads; the sandbox lets no thread be started. At nesting level 0 there is none.
     */
    omp_set_max_active_levels(0);
    o->api = TessBaseAPICreate();
    if (!o->api || TessBaseAPIInit2(o->api, NULL, languages, OEM_LSTM_ONLY) != 0 || !has_all(o->api, languages)) {
        err_set(e, ERR_USAGE,
                "--ocr: Tesseract has no trained data for one of \"%s\"; each language is a package of its own "
                "(tesseract-ocr-eng), and `tesseract --list-langs` names what is there",
                languages);
        ocr_close(o);
        return NULL;
    }
    TessBaseAPISetPageSegMode(o->api, PSM_AUTO);
    TessBaseAPISetVariable(o->api, "debug_file", "/dev/null");
    return o;
}

void ocr_close(struct ocr *o)
{
    if (!o)
        return;
    if (o->api) {
        TessBaseAPIEnd(o->api);
        TessBaseAPIDelete(o->api);
    }
    free(o);
}

static void give_line(TessResultIterator *it, ocr_line_fn *each, void *context)
{
    TessPageIterator *place = TessResultIteratorGetPageIterator(it);
    struct ocr_line line = {.confidence = TessResultIteratorConfidence(it, RIL_TEXTLINE) / 100};
    if (!TessPageIteratorBoundingBox(place, RIL_TEXTLINE, &line.x0, &line.y0, &line.x1, &line.y1))
        return;
    char *text = TessResultIteratorGetUTF8Text(it, RIL_TEXTLINE);
    line.starts_block = TessPageIteratorIsAtBeginningOf(place, RIL_BLOCK);
    line.text = text;
    if (text && *text)
        each(context, &line);
    TessDeleteText(text);
}

bool ocr_read(struct ocr *o, const unsigned char *grey, int width, int height, ptrdiff_t stride, int dpi,
              ocr_line_fn *each, void *context)
{
    if (!o)
        return false;
    TessBaseAPISetImage(o->api, grey, width, height, 1, (int)stride);
    TessBaseAPISetSourceResolution(o->api, dpi);
    bool ok = TessBaseAPIRecognize(o->api, NULL) == 0;
    TessResultIterator *it = ok ? TessBaseAPIGetIterator(o->api) : NULL;
    if (it) {
        do
            give_line(it, each, context);
        while (TessResultIteratorNext(it, RIL_TEXTLINE));
        TessResultIteratorDelete(it);
    }
    TessBaseAPIClear(o->api);
    return ok;
}

#else

struct ocr *ocr_open(const char *languages, struct err *e)
{
    err_set(e, ERR_USAGE,
            "--ocr: this figmill was built without Tesseract; install libtesseract-dev and build it again (meson setup "
            "--wipe build)");
    return NULL;
}

void ocr_close(struct ocr *o)
{
}

bool ocr_read(struct ocr *o, const unsigned char *grey, int width, int height, ptrdiff_t stride, int dpi,
              ocr_line_fn *each, void *context)
{
    return false;
}

#endif

/* bench_pdf.c: extracts figures from PDFs and says how fast: `bench_pdf [-n] [-d DPI] [-l LANGS] [-o FOLDER] FILE...`
 * Writes one JSON object a figure to stdout (file, figure's fields, picture), pages a second and peak memory to stderr.
 * -n: no pixels; -l: OCR; -o: pictures go to FOLDER as N-INDEX.jpg or .png, N being the file's place on the command
 * line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "extract/ocr.h"
#include "extract/pdf.h"

struct run {
    const char *folder;
    int file;
    struct article *article;
    char **pictures; /* name by figure, or NULL */
    size_t n_bytes, n_pictures, n_originals;
};

static bool keep_picture(void *context, size_t index, const struct image *original, const struct image *picture,
                         struct err *e)
{
    struct run *run = context;
    run->n_bytes += picture->len;
    run->n_pictures++;
    run->n_originals += original == picture;
    if (!run->folder)
        return true;
    const char *suffix = strcmp(picture->media_type, "image/jpeg") == 0 ? "jpg" : "png";
    char *path = arena_printf(&run->article->arena, "%s/%d-%zu.%s", run->folder, run->file, index, suffix);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(picture->bytes, 1, picture->len, out) != picture->len || fclose(out) != 0)
        return err_set(e, ERR_SYSTEM, "%s cannot be written", path);
    run->article->figures[index].credit =
        arena_printf(&run->article->arena, "%d-%zu.%s %s %dx%d", run->file, index, suffix,
                     original == picture ? "original" : "drawn", picture->width, picture->height);
    return true;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct pdf_options options = {.images = true, .max_dpi = 300};
    struct run run = {0};
    struct err usage = {0};
    int opt, pages = 0, failed = 0;
    while ((opt = getopt(argc, argv, "nd:o:l:")) != -1) {
        if (opt == 'n')
            options.images = false;
        else if (opt == 'd')
            options.max_dpi = strtod(optarg, NULL);
        else if (opt == 'l' && !options.ocr)
            options.ocr = ocr_open(optarg, &usage);
        else if (opt == 'o')
            run.folder = optarg;
        else
            return 2;
    }
    if (usage.text[0]) {
        fprintf(stderr, "%s\n", usage.text);
        return 2;
    }
    double start = seconds();
    for (int i = optind; i < argc; i++) {
        struct file_map map;
        struct err e = {0};
        struct article article = ARTICLE_INIT;
        struct str json = STR_INIT(64 << 20);
        run.file = i - optind;
        run.article = &article;
        double began = seconds();
        if (!file_map(argv[i], PDF_MAX_BYTES, &map, &e)) {
            fprintf(stderr, "%s: %s\n", argv[i], e.text);
            continue;
        }
        if (!pdf_extract(map.bytes, map.len, &options, &article, keep_picture, &run, &e)) {
            fprintf(stderr, "%s: %s\n", argv[i], e.text);
            failed++;
        } else {
            article_write(&article, &json);
            printf("%s\t%.3f\t%s\n", argv[i], seconds() - began, json.data);
        }
        pages += article.pages;
        str_release(&json);
        article_release(&article);
        file_unmap(&map);
    }
    double took = seconds() - start;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    fprintf(
        stderr,
        "%d files (%d failed), %d pages, %zu pictures (%zu originals, %.1f MB), %.2f s, %.1f pages/s, peak %ld MB\n",
        argc - optind, failed, pages, run.n_pictures, run.n_originals, (double)run.n_bytes / 1e6, took, pages / took,
        use.ru_maxrss / 1024);
    return 0;
}

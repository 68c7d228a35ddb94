/* pdf_encoding.c: Russian text that comes as Latin-1.
 *
 * TeX's T2A fonts and old Windows ones hold Cyrillic at the codes of Windows-1251 and say nothing of it, so that MuPDF
 * takes the codes for Latin-1: "Ðèñ. 1" for "Рис. 1". Both have two bytes in UTF-8, so a line is mended where it lies.
 */
#include <string.h>

#include "base/text.h"
#include "extract/pdf_page.h"

/* The Cyrillic letter or quotation mark that was meant, or 0. Ё and the quotation marks stand elsewhere in T2A (œ, ¼,
 * ¾, ¿) than in Windows-1251 (¨, ¸). */
static int cyrillic(int c)
{
    static const int others[][2] = {{0x153, 0x401}, {0xBC, 0x451}, {0xA8, 0x401},
                                    {0xB8, 0x451},  {0xBE, 0xAB},  {0xBF, 0xBB}};
    if (c >= 0xC0 && c <= 0xFF)
        return 0x410 + c - 0xC0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i][0] == c)
            return others[i][1];
    return 0;
}

struct census {
    size_t words, high_words; /* of three letters or more; those with letters of Latin-1's upper half only */
    size_t high, frequent;    /* such letters; those that would be о, е, а, и */
};

static bool is_letter(int c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return cyrillic(c) || text_is_letter(c);
}

static void count_line(const struct pdf_line *line, struct census *n)
{
    size_t letters = 0, high = 0;
    for (size_t at = 0; at < line->len + 1;) {
        int c = at < line->len ? text_next(line->text, line->len, &at) : (at++, ' ');
        if (is_letter(c)) {
            letters++;
            high += c >= 0xC0 && c <= 0xFF;
            n->high += c >= 0xC0 && c <= 0xFF;
            n->frequent += c == 0xEE || c == 0xE5 || c == 0xE0 || c == 0xE8;
            continue;
        }
        n->words += letters >= 3;
        n->high_words += letters >= 3 && high == letters;
        letters = high = 0;
    }
}

/* Western languages have no words of accented letters only, and Greek or Turkish in their own old codes have other
 * letters than these four most often. */
static bool is_garbled(const struct census *n)
{
    enum { MIN_WORDS = 20 };
    return n->high_words >= MIN_WORDS && n->high_words * 5 >= n->words && n->frequent * 4 >= n->high;
}

/* Turns the words without any plain Latin letter. */
static void mend_line(char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t from = at, end = at;
        bool plain = false, high = false;
        for (int c; at < len && is_letter(c = text_next(text, len, &at)); end = at) {
            plain |= !cyrillic(c);
            high |= c >= 0xC0 && c <= 0xFF;
        }
        for (size_t i = from; i < end && high && !plain;) {
            size_t here = i;
            int c = cyrillic(text_next(text, len, &i));
            text[here] = (char)(0xC0 | c >> 6);
            text[here + 1] = (char)(0x80 | (c & 0x3F));
        }
    }
}

void pdf_mend_encoding(struct pdf_doc *d)
{
    struct census n = {0};
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < d->pages[p].n_lines; i++)
            count_line(&d->pages[p].lines[i], &n);
    if (!is_garbled(&n))
        return;
    /* The lines' text is the extractor's own, in its arena. */
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < d->pages[p].n_lines; i++)
            mend_line((char *)d->pages[p].lines[i].text, d->pages[p].lines[i].len);
}

/* source_text.c: what services write, as clean text, tags and dates (see source.h). */
#include "ingest/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "ingest/import_xml.h"

enum { TEXT_MAX = 256 * 1024 };

static const char *clean(struct arena *arena, const char *text, size_t len)
{
    struct str out = STR_INIT(TEXT_MAX);
    text_clean(text, len, &out);
    const char *result = out.len ? arena_strndup(arena, out.data, out.len) : NULL;
    str_release(&out);
    return result;
}

const char *source_text(struct arena *arena, const char *text)
{
    return text ? clean(arena, text, strlen(text)) : NULL;
}

/* The end of the tag that starts at `text`, or NULL where it is a "less than". */
static const char *tag_end(const char *text)
{
    char c = text[1] == '/' ? text[2] : text[1];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
        return NULL;
    size_t len = strcspn(text + 1, "<>");
    return text[1 + len] == '>' ? text + 1 + len + 1 : NULL;
}

/* Tags that stand between words and between paragraphs, rather than within a word (<sub>, <i>). */
static bool is_block(const char *tag)
{
    static const char *const names[] = {"p", "title", "sec", "br", "h4", "list", "list-item", "div", "li"};
    tag += strspn(tag, "</");
    if (strncasecmp(tag, "jats:", 5) == 0)
        tag += 5;
    size_t len = strcspn(tag, " />");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == len && strncasecmp(tag, names[i], len) == 0)
            return true;
    }
    return false;
}

const char *source_markup(struct arena *arena, const char *text)
{
    if (!text)
        return NULL;
    struct str bare = STR_INIT(TEXT_MAX);
    while (*text) {
        const char *end = *text == '<' ? tag_end(text) : NULL;
        if (!end) {
            str_add_char(&bare, *text++);
            continue;
        }
        if (is_block(text))
            str_add_char(&bare, ' ');
        text = end;
    }
    char *decoded = arena_array(arena, bare.len + 1, 1);
    xml_decode(bare.data, bare.len, decoded, bare.len + 1);
    str_release(&bare);
    return clean(arena, decoded, strlen(decoded));
}

const char *source_language(struct arena *arena, const char *code)
{
    char tag[16];
    if (!code || !text_language_tag(code, tag) || strcmp(tag, "und") == 0 || strcmp(tag, "mul") == 0)
        return NULL;
    return arena_strdup(arena, tag);
}

/* A number of one to `most` digits in front of *at, which moves behind it; -1 where there is none. */
static int number_at(const char **at, size_t most)
{
    size_t n = strspn(*at, "0123456789");
    if (!n || n > most)
        return -1;
    int value = (int)strtol(*at, NULL, 10);
    *at += n;
    return value;
}

static int month_at(const char **at)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (**at >= '0' && **at <= '9')
        return number_at(at, 2);
    for (int i = 0; i < 12; i++) {
        if (strncasecmp(*at, names + 3L * i, 3) == 0) {
            *at += strcspn(*at, "-/. 0123456789");
            return i + 1;
        }
    }
    return -1;
}

bool source_date(const char *text, char date[11], int *year)
{
    date[0] = 0;
    if (!text)
        return false;
    text += strspn(text, " ");
    int y = number_at(&text, 4);
    if (y < 1500 || y > 2999)
        return false;
    if (year)
        *year = y;
    snprintf(date, 11, "%04d", y);
    text += strspn(text, "-/. ");
    int m = month_at(&text);
    if (m < 1 || m > 12)
        return true;
    snprintf(date, 11, "%04d-%02d", y, m);
    text += strspn(text, "-/. ");
    int d = number_at(&text, 2);
    if (d >= 1 && d <= 31)
        snprintf(date, 11, "%04d-%02d-%02d", y, m, d);
    return true;
}

void source_set_date(struct record *r, struct arena *arena, const char *text)
{
    char date[11];
    int year = 0;
    if (r->date || !source_date(text, date, &year))
        return;
    r->date = arena_strdup(arena, date);
    if (!r->year)
        r->year = year;
}

bool source_status(const char *title, int status, const char *said, struct err *e)
{
    if (status >= 200 && status < 300)
        return true;
    enum err_kind kind = status == 408 || status == 425 || status == 429 || status >= 500 ? ERR_TEMPORARY
                         : status == 401 || status == 403                                 ? ERR_REFUSED
                                                                                          : ERR_FORMAT;
    return err_set(e, kind, "%s answers with status %d%s%.300s", title, status, said && *said ? ": " : "",
                   said ? said : "");
}

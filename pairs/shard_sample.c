/* shard_sample.c: see shard_sample.h. */
#include "pairs/shard_sample.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/sha256.h"

/* Letters and digits, other runs one "-", at most `max` bytes. */
static void add_slug(struct str *out, const char *text, size_t max)
{
    size_t start = out->len;
    bool gap = false;
    for (const char *p = text; *p && out->len - start < max; p++) {
        if (!isalnum((unsigned char)*p)) {
            gap = out->len > start;
            continue;
        }
        if (gap)
            str_add_char(out, '-');
        gap = false;
        if (out->len - start < max)
            str_add_char(out, *p);
    }
}

void sample_key(const struct shard_candidate *c, char key[SAMPLE_KEY_SIZE])
{
    enum { ARTICLE_MAX = 40, FIGURE_MAX = 24, HASH = 16 };
    char panel[16], ordinal[16], hex[SHA256_SIZE];
    struct str s = STR_INIT(SAMPLE_KEY_SIZE - 1);
    snprintf(panel, sizeof panel, "%d", c->panel);
    snprintf(ordinal, sizeof ordinal, "%d", c->ordinal);
    sha256_list(hex, "figmill sample key 1", c->document_sha256, c->anchor, panel, c->kind, ordinal, c->language,
                SHA256_END);
    add_slug(&s, str_starts(c->article_key, "sha256:") ? "" : c->article_key, ARTICLE_MAX);
    str_add(&s, s.len ? "_" : "");
    add_slug(&s, c->anchor, FIGURE_MAX);
    str_addf(&s, "_%.*s", HASH, hex);
    snprintf(key, SAMPLE_KEY_SIZE, "%s", s.data);
    str_release(&s);
}

const char *sample_suffix(const struct shard_candidate *c)
{
    if (str_same(c->image_media_type, "image/jpeg"))
        return "jpg";
    return str_same(c->image_media_type, "image/png") ? "png" : NULL;
}

static bool has_special_token(const char *text)
{
    const char *bar = strstr(text, "<|");
    return strcasestr(text, "<image>") || strcasestr(text, "<video>") || strcasestr(text, "<audio>") ||
           (bar && strstr(bar, "|>"));
}

/* The question without the image's place, which a generator may have put at its start or end. */
static void add_question(const char *text, struct str *out)
{
    static const char head[] = "<image>\n", tail[] = "\n<image>";
    size_t len = strlen(text);
    if (str_starts(text, head)) {
        text += strlen(head);
        len -= strlen(head);
    } else if (str_ends(text, tail)) {
        len -= strlen(tail);
    }
    str_add_bytes(out, text, len);
}

static const char *add_turn(const cJSON *turn, bool human, bool first, struct str *out)
{
    static const char place[] = "<image>\n";
    size_t skip = first ? strlen(place) : 0;
    const char *from = json_text(turn, "from"), *value = json_text(turn, "value");
    if (!value || !str_same(from, human ? "human" : "gpt"))
        return "turns";
    struct str text = STR_INIT(1 << 20);
    if (first) {
        str_add(&text, place);
        add_question(value, &text);
    } else {
        str_add(&text, value);
    }
    const char *why = text.len <= skip || text.overflow     ? "turns"
                      : has_special_token(text.data + skip) ? "special_token"
                                                            : NULL;
    if (!why) {
        str_addf(out, "%s{\"from\":\"%s\",\"value\":", first ? "" : ",", from);
        json_quote(text.data, out);
        str_add_char(out, '}');
    }
    str_release(&text);
    return why;
}

const char *sample_conversations(const char *turns, struct str *out)
{
    size_t start = out->len;
    const char *why = NULL;
    cJSON *list = json_parse(turns, strlen(turns), NULL);
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (n < 2 || n % 2)
        why = "turns";
    str_add_char(out, '[');
    const cJSON *turn = n ? list->child : NULL;
    for (int i = 0; !why && turn; i++, turn = turn->next)
        why = add_turn(turn, i % 2 == 0, i == 0, out);
    str_add_char(out, ']');
    if (why)
        str_cut(out, start);
    cJSON_Delete(list);
    return why;
}

static void add_member(struct str *out, const char *name, const char *text)
{
    str_addf(out, "\"%s\":", name);
    json_quote(text ? text : "", out);
}

static void add_article(const struct shard_candidate *c, struct str *out)
{
    str_add(out, "\"article\":{");
    add_member(out, "doi", c->doi);
    str_add_char(out, ',');
    add_member(out, "journal", c->journal);
    str_add_char(out, ',');
    add_member(out, "key", c->article_key);
    str_add_char(out, ',');
    add_member(out, "license", c->license);
    str_add_char(out, ',');
    add_member(out, "license_url", c->license_url);
    str_add_char(out, ',');
    add_member(out, "pmcid", c->pmcid);
    str_add_char(out, ',');
    add_member(out, "pmid", c->pmid);
    str_add_char(out, ',');
    add_member(out, "title", c->title);
    str_addf(out, ",\"year\":%d}", c->year);
}

static void add_caption(const struct shard_candidate *c, struct str *out)
{
    str_add(out, ",\"caption\":{");
    add_member(out, "en", c->caption);
    str_add_char(out, ',');
    add_member(out, "language", c->caption_language);
    str_add_char(out, ',');
    add_member(out, "source", c->caption_source);
    str_add_char(out, ',');
    add_member(out, "translation", c->translation_method);
    str_add_char(out, ',');
    add_member(out, "translation_model", c->translation_model);
    str_add_char(out, '}');
}

static void add_figure(const struct shard_candidate *c, struct str *out)
{
    str_add(out, ",\"figure\":{");
    add_member(out, "anchor", c->anchor);
    str_add_char(out, ',');
    add_member(out, "document_sha256", c->document_sha256);
    str_add_char(out, ',');
    add_member(out, "kind", c->figure_kind);
    str_add_char(out, ',');
    add_member(out, "label", c->label);
    str_addf(out, ",\"page\":%d,", c->page);
    add_member(out, "panel", c->panel_label);
    str_add(out, "},\"generator\":{");
    add_member(out, "model", c->model);
    str_add_char(out, ',');
    add_member(out, "prompt", c->prompt);
    str_add_char(out, ',');
    add_member(out, "prompt_sha256", c->prompt_hash);
    str_add_char(out, '}');
}

void sample_json(const struct shard_candidate *c, const char *key, const char *split, struct str *out)
{
    str_add_char(out, '{');
    add_article(c, out);
    add_caption(c, out);
    str_add(out, ",\"conversations\":");
    sample_conversations(c->turns, out);
    add_figure(c, out);
    str_addf(out, ",\"id\":\"%s\",\"image\":{\"height\":%d,\"media_type\":\"%s\",\"sha256\":\"%s\",\"width\":%d},", key,
             c->height, c->image_media_type, c->image_sha256, c->width);
    add_member(out, "kind", c->kind);
    str_add_char(out, ',');
    add_member(out, "language", c->language);
    /* Three decimals always, so that no reader takes the column for one of integers. */
    str_addf(out, ",\"score\":%.3f,\"split\":\"%s\"}", c->has_score ? c->score : -1.0, split);
}

void sample_llava(const struct shard_candidate *c, const char *key, const char *image, struct str *out)
{
    str_addf(out, "{\"id\":\"%s\",\"image\":\"%s\",\"conversations\":", key, image);
    sample_conversations(c->turns, out);
    str_add_char(out, '}');
}

/* search_query.c: see search_query.h. */
#include "ingest/search_query.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "ingest/profile.h"

enum { TEXT_MAX = 4 << 20 };

static cJSON *write_groups(const struct query *q)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < q->n_groups; i++)
        cJSON_AddItemToArray(all, cJSON_CreateStringArray(q->groups[i].terms, (int)q->groups[i].n));
    return all;
}

const char *search_query_write(const struct search_query *q, struct arena *arena)
{
    struct str text = STR_INIT(TEXT_MAX);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "access", q->ask.open_only ? "open" : "any");
    if (q->ask.raw)
        cJSON_AddStringToObject(json, "raw", q->ask.raw);
    cJSON *any = cJSON_AddArrayToObject(json, "any");
    for (size_t i = 0; i < q->n_any; i++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddItemToObject(one, "all", write_groups(&q->any[i]));
        cJSON_AddItemToArray(any, one);
    }
    json_canonical(json, &text);
    cJSON_Delete(json);
    const char *out = arena_strndup(arena, text.data, text.len);
    str_release(&text);
    return out;
}

static bool read_terms(const cJSON *json, struct arena *arena, struct query_group *out)
{
    const cJSON *term;
    const char **terms = arena_array(arena, (size_t)cJSON_GetArraySize(json) + 1, sizeof *terms);
    cJSON_ArrayForEach(term, json)
    {
        if (!cJSON_IsString(term))
            return false;
        terms[out->n++] = arena_strdup(arena, term->valuestring);
    }
    out->terms = terms;
    return out->n > 0;
}

static bool read_groups(const cJSON *json, struct arena *arena, struct query *out)
{
    const cJSON *all = json_member(json, "all"), *terms;
    struct query_group *groups = arena_array(arena, (size_t)cJSON_GetArraySize(all) + 1, sizeof *groups);
    cJSON_ArrayForEach(terms, all) if (!read_terms(terms, arena, &groups[out->n_groups++])) return false;
    out->groups = groups;
    return cJSON_IsArray(all);
}

static bool read_any(const cJSON *json, struct arena *arena, struct search_query *out)
{
    const cJSON *any = json_member(json, "any"), *one;
    struct query *queries = arena_array(arena, (size_t)cJSON_GetArraySize(any) + 1, sizeof *queries);
    cJSON_ArrayForEach(one, any) if (!read_groups(one, arena, &queries[out->n_any++])) return false;
    out->any = queries;
    return cJSON_IsArray(any);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

bool search_query_read(const struct search_row *row, struct arena *arena, struct search_query *out, struct err *e)
{
    cJSON *json = json_parse(row->query, strlen(row->query), e);
    if (!json)
        return err_add(e, "search %lld: its query", (long long)row->search_id);
    *out = (struct search_query){.ask = {.profile = row->profile,
                                         .name = row->name,
                                         .language = row->language,
                                         .raw = arena_strdup(arena, json_text(json, "raw")),
                                         .since = or_null(row->since),
                                         .until = or_null(row->until),
                                         .added_since = or_null(row->added_since),
                                         .open_only = str_same(json_text(json, "access"), "open")}};
    bool ok = read_any(json, arena, out);
    if (ok && strcmp(row->name, SEARCH_EVERY_QUERY) != 0 && out->n_any) {
        out->ask.groups = out->any[0].groups;
        out->ask.n_groups = out->any[0].n_groups;
    }
    cJSON_Delete(json);
    return ok ||
           err_set(e, ERR_FORMAT, "search %lld: its query is not as figmill writes them", (long long)row->search_id);
}

bool search_query_matches(const struct search_query *q, const char *title, const char *abstract)
{
    struct str text = STR_INIT(1 << 20);
    bool found = false;
    if (title)
        str_add(&text, title);
    str_add_char(&text, '\n');
    if (abstract)
        str_add(&text, abstract);
    for (size_t i = 0; !found && i < q->n_any; i++)
        found = q->ask.raw || query_matches(&q->any[i], text.data, text.len);
    str_release(&text);
    return found;
}

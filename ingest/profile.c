#include "ingest/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "ingest/day.h"
#include "stage/profile_files.h"
#include "stage/yaml.h"

enum { MOST_LANGUAGES = 200, MOST_SOURCES = 64 };

const char *const profile_licenses[] = {"CC0",      "PD",          "CC BY",       "CC BY-SA", "CC BY-ND",
                                        "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", NULL};

/* One of a few words; `words` ends with NULL, the value is its place. */
static bool read_word(struct yaml_reader *r, const yaml_node_t *node, const char *const *words, int *out)
{
    struct str all = STR_INIT(400);
    const char *text = yaml_text(r, node, PROFILE_MAX_TEXT);
    if (!text)
        return false;
    for (*out = 0; words[*out]; ++*out)
        if (strcasecmp(words[*out], text) == 0)
            return true;
    for (int i = 0; words[i]; i++)
        str_addf(&all, "%s%s", i ? ", " : "", words[i]);
    yaml_fail(r, node, "'%.60s' is none of: %s", text, all.data);
    str_release(&all);
    return false;
}

static bool read_text(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into;
    *out = yaml_text(r, node, PROFILE_MAX_TEXT);
    return *out != NULL;
}

static bool read_term(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into;
    *out = yaml_text(r, node, PROFILE_MAX_TERM);
    return *out != NULL;
}

static bool read_name(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into, *text = yaml_text(r, node, PROFILE_MAX_TEXT);
    if (!text)
        return false;
    *out = text;
    return (strlen(text) <= PROFILE_MAX_NAME &&
            strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(text)) ||
           yaml_fail(r, node, "'%.60s' is no name: a-z, 0-9, - and _, at most %d of them", text, PROFILE_MAX_NAME);
}

static bool read_day(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into;
    int day;
    *out = yaml_text(r, node, PROFILE_MAX_TEXT);
    return *out && (day_read(*out, &day) || yaml_fail(r, node, "'%.60s' is no date (YYYY-MM-DD)", *out));
}

static bool read_language(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into, *text = yaml_text(r, node, PROFILE_MAX_TEXT);
    char tag[16];
    if (!text)
        return false;
    if (!text_language_tag(text, tag))
        return yaml_fail(r, node, "'%.60s' is no language tag (en, pt, zh, pt-BR, ...)", text);
    *out = arena_strdup(r->arena, tag);
    return true;
}

static bool find_source(struct yaml_reader *r, const yaml_node_t *node, const struct source **out)
{
    const char *name = yaml_text(r, node, PROFILE_MAX_TEXT);
    struct str names = STR_INIT(400);
    if (!name)
        return false;
    *out = source_lookup(name);
    if (*out && (*out)->ask)
        return true;
    for (size_t i = 0; sources[i]; i++)
        if (sources[i]->ask)
            str_addf(&names, "%s%s", names.len ? ", " : "", sources[i]->name);
    yaml_fail(r, node,
              *out ? "'%.60s' looks up works and cannot be searched; those that can: %s"
                   : "'%.60s' is no source; there are: %s",
              name, names.data);
    str_release(&names);
    return false;
}

static bool read_source(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    return find_source(r, node, into);
}

static bool read_sources(struct yaml_reader *r, const yaml_node_t *node, const struct source *const **list, size_t *n)
{
    void *items;
    bool ok = yaml_list(r, node, MOST_SOURCES, sizeof(struct source *), read_source, &items, n);
    *list = items;
    return ok;
}

static bool read_languages(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile *p = into;
    void *items;
    bool ok = yaml_list(r, node, MOST_LANGUAGES, sizeof(char *), read_language, &items, &p->n_languages);
    p->languages = items;
    return ok;
}

static bool read_license(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into;
    int i;
    if (!read_word(r, node, profile_licenses, &i))
        return false;
    *out = profile_licenses[i];
    return true;
}

static bool read_allowed(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile *p = into;
    void *items;
    bool ok = yaml_list(r, node, sizeof profile_licenses / sizeof *profile_licenses, sizeof(char *), read_license,
                        &items, &p->n_licenses);
    p->licenses = items;
    return ok;
}

static bool read_unknown(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const char *const words[] = {"refuse", "keep", NULL};
    int i;
    if (!read_word(r, node, words, &i))
        return false;
    *(enum profile_unknown *)into = i ? PROFILE_KEEP : PROFILE_REFUSE;
    return true;
}

static bool read_access(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const char *const words[] = {"open", "any", NULL};
    int i;
    if (!read_word(r, node, words, &i))
        return false;
    *(enum profile_access *)into = i ? PROFILE_ANY : PROFILE_OPEN;
    return true;
}

/* "100 MB", "2GB", "4096": decimal units, as disks and services have them. */
static bool read_bytes(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {{"", 1}, {"B", 1}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}};
    const char *text = yaml_text(r, node, PROFILE_MAX_TEXT);
    if (!text)
        return false;
    size_t digits = strspn(text, "0123456789");
    const char *unit = text + digits + strspn(text + digits, " ");
    for (size_t i = 0; digits && digits < 10 && i < sizeof units / sizeof *units; i++)
        if (strcasecmp(unit, units[i].name) == 0) {
            *(uint64_t *)into = strtoull(text, NULL, 10) * units[i].bytes;
            return *(uint64_t *)into > 0 || yaml_fail(r, node, "a size above 0 is wanted here");
        }
    return yaml_fail(r, node, "'%.60s' is no size: a number and kB, MB or GB", text);
}

static bool read_count(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char *text = yaml_text(r, node, PROFILE_MAX_TEXT);
    if (!text)
        return false;
    size_t digits = strspn(text, "0123456789");
    if (!digits || digits > 9 || text[digits])
        return yaml_fail(r, node, "'%.60s' is no number from 0 to 999999999", text);
    *(int64_t *)into = strtoll(text, NULL, 10);
    return true;
}

static bool read_terms(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct query_group *group = into;
    void *items;
    bool ok = yaml_list(r, node, QUERY_MAX_TERMS, sizeof(char *), read_term, &items, &group->n);
    group->terms = items;
    return ok;
}

static bool read_group(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct yaml_member members[] = {{"any", read_terms, 0, YAML_MUST}};
    return yaml_mapping(r, node, "a group of terms", members, 1, into);
}

static bool read_groups(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile_query *q = into;
    void *items;
    bool ok = yaml_list(r, node, QUERY_MAX_GROUPS, sizeof(struct query_group), read_group, &items, &q->n_groups);
    q->groups = items;
    return ok;
}

struct raw_list {
    struct profile_raw *items;
    size_t n, cap;
};

static bool read_raw_pair(struct yaml_reader *r, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
    struct raw_list *list = into;
    struct profile_raw raw = {0};
    if (!find_source(r, key, &raw.source) || !read_text(r, value, &raw.text))
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].source == raw.source)
            return yaml_fail(r, key, "'%s' stands twice in raw", raw.source->name);
    ARENA_GROW(r->arena, list->items, list->n, list->cap);
    list->items[list->n++] = raw;
    return true;
}

static bool read_raw(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile_query *q = into;
    struct raw_list raw = {0};
    bool ok = yaml_pairs(r, node, "raw", read_raw_pair, &raw);
    q->raw = raw.items;
    q->n_raw = raw.n;
    return ok && (raw.n || yaml_fail(r, node, "raw is empty: a source's name and the query in its syntax are wanted"));
}

static const char *raw_text(const struct profile_query *q, const struct source *source)
{
    for (size_t i = 0; i < q->n_raw; i++)
        if (q->raw[i].source == source)
            return q->raw[i].text;
    return NULL;
}

/* A query without sources of its own is asked of the profile's; one without groups of those only for which it has a raw
 * query. Done at the end, so that the order of keys in the file does not matter. */
static void settle_sources(const struct profile *p, struct profile_query *q, struct arena *arena)
{
    const struct source *const *from = q->n_sources ? q->sources : p->sources;
    size_t n = q->n_sources ? q->n_sources : p->n_sources, kept = 0;
    const struct source **own = arena_array(arena, n + q->n_raw, sizeof *own);
    if (q->n_groups)
        for (size_t i = 0; i < n; i++)
            own[kept++] = from[i];
    else
        for (size_t i = 0; i < q->n_raw; i++)
            own[kept++] = q->raw[i].source;
    q->sources = own;
    q->n_sources = kept;
}

static bool read_query_sources(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile_query *q = into;
    return read_sources(r, node, &q->sources, &q->n_sources);
}

static bool read_profile_sources(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile *p = into;
    return read_sources(r, node, &p->sources, &p->n_sources);
}

static bool read_query(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct yaml_member members[] = {
        {"name", read_name, offsetof(struct profile_query, name), YAML_MUST},
        {"language", read_language, offsetof(struct profile_query, language), YAML_MAY},
        {"all", read_groups, 0, YAML_MAY},
        {"raw", read_raw, 0, YAML_MAY},
        {"sources", read_query_sources, 0, YAML_MAY},
    };
    struct profile_query *q = into;
    q->language = "";
    if (!yaml_mapping(r, node, "a query", members, sizeof members / sizeof *members, q))
        return false;
    if (!q->n_groups && !q->n_raw)
        return yaml_fail(r, node, "query '%s' asks for nothing: it must have 'all' or 'raw'", q->name);
    for (size_t i = 0; !q->n_groups && i < q->n_sources; i++)
        if (!raw_text(q, q->sources[i]))
            return yaml_fail(r, node, "query '%s' names the source %s, but has neither 'all' nor a raw query for it",
                             q->name, q->sources[i]->name);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct profile_query *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool read_queries(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    struct profile *p = into;
    void *items;
    if (!yaml_list(r, node, PROFILE_MAX_QUERIES, sizeof(struct profile_query), read_query, &items, &p->n_queries))
        return false;
    p->queries = items;
    const struct profile_query **sorted = arena_array(r->arena, p->n_queries, sizeof *sorted);
    for (size_t i = 0; i < p->n_queries; i++)
        sorted[i] = &p->queries[i];
    qsort(sorted, p->n_queries, sizeof *sorted, by_name);
    for (size_t i = 1; i < p->n_queries; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return yaml_fail(r, node, "two queries have the name '%s'", sorted[i]->name);
    return true;
}

static bool read_licenses(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct yaml_member members[] = {
        {"allowed", read_allowed, 0, YAML_MAY},
        {"unknown", read_unknown, offsetof(struct profile, unknown), YAML_MAY},
    };
    return yaml_mapping(r, node, "licenses", members, sizeof members / sizeof *members, into);
}

static bool read_limits(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct yaml_member members[] = {
        {"pdf", read_bytes, offsetof(struct profile, pdf_bytes), YAML_MAY},
        {"image", read_bytes, offsetof(struct profile, image_bytes), YAML_MAY},
        {"article", read_bytes, offsetof(struct profile, article_bytes), YAML_MAY},
        {"articles", read_count, offsetof(struct profile, articles), YAML_MAY},
    };
    return yaml_mapping(r, node, "limits", members, sizeof members / sizeof *members, into);
}

static bool read_profile(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    static const struct yaml_member members[] = {
        {"name", read_name, offsetof(struct profile, name), YAML_MUST},
        {"title", read_text, offsetof(struct profile, title), YAML_MUST},
        {"description", read_text, offsetof(struct profile, description), YAML_MAY},
        {"since", read_day, offsetof(struct profile, since), YAML_MAY},
        {"until", read_day, offsetof(struct profile, until), YAML_MAY},
        {"access", read_access, offsetof(struct profile, access), YAML_MAY},
        {"sources", read_profile_sources, 0, YAML_MAY},
        {"licenses", read_licenses, 0, YAML_MAY},
        {"limits", read_limits, 0, YAML_MAY},
        {"languages", read_languages, 0, YAML_MAY},
        {"glossary", profile_files_read_path, offsetof(struct profile, glossary), YAML_MAY},
        {"lexicon", profile_files_read_path, offsetof(struct profile, lexicon), YAML_MAY},
        {"queries", read_queries, 0, YAML_MUST},
    };
    struct profile *p = into;
    if (!yaml_mapping(r, node, "a profile", members, sizeof members / sizeof *members, p))
        return false;
    if (p->since && p->until && strcmp(p->since, p->until) > 0)
        return yaml_fail(r, node, "since (%s) is later than until (%s)", p->since, p->until);
    for (size_t i = 0; i < p->n_queries; i++)
        settle_sources(p, &p->queries[i], r->arena);
    return true;
}

static void set_defaults(struct profile *p, const char *path, struct arena *arena)
{
    static const char *const licenses[] = {"CC0", "CC BY", "CC BY-SA"};
    const struct source **all = arena_array(arena, MOST_SOURCES, sizeof *all);
    *p = (struct profile){.path = arena_strdup(arena, path),
                          .licenses = licenses,
                          .n_licenses = sizeof licenses / sizeof *licenses,
                          .pdf_bytes = 100000000,
                          .image_bytes = 50000000,
                          .article_bytes = 500000000};
    for (size_t i = 0; sources[i] && p->n_sources < MOST_SOURCES; i++)
        if (sources[i]->ask)
            all[p->n_sources++] = sources[i];
    p->sources = all;
}

bool profile_parse(const char *text, size_t len, const char *path, struct arena *arena, struct profile *out,
                   struct err *e)
{
    struct yaml_reader r = {.path = path, .arena = arena, .e = e};
    set_defaults(out, path, arena);
    return yaml_read(text, len, PROFILE_MAX_BYTES, &r, read_profile, out);
}

bool profile_load(const char *name_or_file, struct arena *arena, struct profile *out, struct err *e)
{
    const char *path;
    struct file_map map;
    if (!profile_map(name_or_file, arena, &path, &map, e))
        return false;
    bool ok = profile_parse((const char *)map.bytes, map.len, path, arena, out, e);
    file_unmap(&map);
    return ok;
}

bool profile_wants(const struct profile *p, const struct profile_query *q)
{
    bool found = !p->n_languages || !*q->language;
    for (size_t i = 0; !found && i < p->n_languages; i++)
        found = strcmp(p->languages[i], q->language) == 0;
    return found;
}

struct query profile_ask(const struct profile *p, const struct profile_query *q, const struct source *source)
{
    return (struct query){.profile = p->name,
                          .name = q->name,
                          .language = q->language,
                          .groups = q->groups,
                          .n_groups = q->n_groups,
                          .raw = raw_text(q, source),
                          .since = p->since,
                          .until = p->until,
                          .open_only = p->access == PROFILE_OPEN};
}

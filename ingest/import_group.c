/* import_group.c: see import_group.h. */
#include "ingest/import_group.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of a path: not NUL-terminated. */
struct span {
    const char *start;
    size_t len;
};

/* The files of one folder that are to be grouped among themselves. */
struct folder {
    struct group_entry **files;
    size_t n, cap;
    size_t prefix;      /* bytes of the path in front of the file's name, slash included */
    struct span *stems; /* of the articles, sorted */
    size_t n_stems;
    struct arena *arena;
};

static bool is_document(const struct group_entry *entry)
{
    return kind_document(entry->kind) != NULL;
}

static bool is_xml(const struct group_entry *entry)
{
    return entry->kind == KIND_JATS || entry->kind == KIND_XML;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct group_entry *)a)->path, ((const struct group_entry *)b)->path);
}

static int by_key(const void *a, const void *b)
{
    const struct group_entry *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : strcmp(x->path, y->path);
}

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    int order = memcmp(x->start, y->start, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128;
}

/* A file name without its extension (".nxml", ".jats.xml" and the like: the part behind the last dot, and known kinds
 * of XML in front of it). */
static struct span stem_of(const char *name)
{
    static const char *const inner[] = {".jats", ".tei", ".bmc", ".nlm", ".docbook"};
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
    struct span s = {name, dot && dot > base ? (size_t)(dot - name) : strlen(name)};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        size_t len = strlen(inner[i]);
        if (s.len > len + (size_t)(base - name) && strncasecmp(name + s.len - len, inner[i], len) == 0)
            s.len -= len;
    }
    return s;
}

/* The length of a stem without a language code behind it; the whole length when there is none. */
static size_t without_language(struct span s)
{
    static const char codes[] =
        " ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu id it ja kk ko lt lv ms nb nl nn "
        "no pl pt ro ru sk sl sr sv th tr uk ur uz vi zh ";
    size_t len = s.len;
    char code[5] = {' ', 0, 0, ' ', 0};
    /* A region: two capitals, as in pt-BR. */
    if (len > 6 && (s.start[len - 3] == '-' || s.start[len - 3] == '_') && s.start[len - 1] <= 'Z' &&
        s.start[len - 2] <= 'Z' && is_word(s.start[len - 1]) && is_word(s.start[len - 2]) &&
        strchr("._-", s.start[len - 6]))
        len -= 3;
    if (len < 4 || !strchr("._-", s.start[len - 3]))
        return s.len;
    code[1] = (char)(s.start[len - 2] | 32);
    code[2] = (char)(s.start[len - 1] | 32);
    return strstr(codes, code) ? len - 3 : s.len;
}

static bool has_span(const struct span *sorted, size_t n, struct span wanted)
{
    return n && bsearch(&wanted, sorted, n, sizeof *sorted, compare_spans) != NULL;
}

static size_t sort_unique(struct span *spans, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(spans, n, sizeof *spans, compare_spans);
    for (size_t i = 0; i < n; i++)
        if (!kept || compare_spans(&spans[kept - 1], &spans[i]) != 0)
            spans[kept++] = spans[i];
    return kept;
}

/* Takes language codes off those stems whose plain form, or another language of it, is there. */
static size_t join_languages(struct span *stems, size_t n, struct arena *arena)
{
    struct span *plain = arena_array(arena, n + 1, sizeof *plain);
    size_t n_plain = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = without_language(stems[i]);
        if (len < stems[i].len)
            plain[n_plain++] = (struct span){stems[i].start, len};
    }
    if (n_plain)
        qsort(plain, n_plain, sizeof *plain, compare_spans);
    struct span *twice = arena_array(arena, n_plain + 1, sizeof *twice);
    size_t n_twice = 0;
    for (size_t i = 0; i + 1 < n_plain; i++)
        if (compare_spans(&plain[i], &plain[i + 1]) == 0)
            twice[n_twice++] = plain[i];
    struct span *all = arena_array(arena, n + 1, sizeof *all);
    memcpy(all, stems, n * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        struct span p = {stems[i].start, without_language(stems[i])};
        if (p.len < stems[i].len && (has_span(all, n, p) || has_span(twice, n_twice, p)))
            stems[i].len = p.len;
    }
    return sort_unique(stems, n);
}

/* Takes out stems that go on behind another one with a dot: "a.kernel", "a.s001" beside "a". */
static size_t drop_dotted(struct span *stems, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool dotted = false;
        for (struct span s = {stems[i].start, stems[i].len - (stems[i].len > 0)}; s.len && !dotted; s.len--)
            dotted = s.start[s.len] == '.' && has_span(stems, kept, s);
        /* Those kept stay sorted, and a prefix sorts before what begins with it. */
        if (!dotted)
            stems[kept++] = stems[i];
    }
    return kept;
}

/* The longest stem that a name begins with, ending at a boundary; NULL: none. */
static const struct span *stem_for(const struct folder *f, const char *name)
{
    struct span s = stem_of(name);
    for (; s.len; s.len--) {
        if (is_word(s.start[s.len]))
            continue;
        const struct span *found = f->n_stems ? bsearch(&s, f->stems, f->n_stems, sizeof s, compare_spans) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

/* The stems of the folder's articles: those of XML documents, and those of other documents that belong to none. */
static void find_stems(struct folder *f)
{
    size_t n = 0;
    f->stems = arena_array(f->arena, f->n + 1, sizeof *f->stems);
    for (size_t i = 0; i < f->n; i++)
        if (is_xml(f->files[i]))
            f->stems[n++] = stem_of(f->files[i]->path + f->prefix);
    f->n_stems = n = drop_dotted(f->stems, join_languages(f->stems, sort_unique(f->stems, n), f->arena));
    struct span *others = arena_array(f->arena, f->n + 1, sizeof *others);
    size_t n_others = 0;
    for (size_t i = 0; i < f->n; i++)
        if (is_document(f->files[i]) && !is_xml(f->files[i]) && !stem_for(f, f->files[i]->path + f->prefix))
            others[n_others++] = stem_of(f->files[i]->path + f->prefix);
    n_others = drop_dotted(others, join_languages(others, sort_unique(others, n_others), f->arena));
    /* One XML document and a few others are one article's, whatever the others are called. */
    if (n == 1 && n_others <= GROUP_MAX_EXTRA)
        n_others = 0;
    memcpy(f->stems + n, others, n_others * sizeof *others);
    f->n_stems = sort_unique(f->stems, n + n_others);
}

static const struct span *stem_of_file(const struct folder *f, const char *name)
{
    const struct span *found = stem_for(f, name);
    const char *slash = strrchr(name, '/');
    return found || !slash ? found : stem_for(f, slash + 1);
}

static void set_keys(struct folder *f)
{
    if (!f->n)
        return;
    find_stems(f);
    const char *whole = arena_strndup(f->arena, f->files[0]->path, f->prefix);
    for (size_t i = 0; i < f->n; i++) {
        const struct span *stem = f->n_stems > 1 ? stem_of_file(f, f->files[i]->path + f->prefix) : NULL;
        f->files[i]->key = stem ? arena_printf(f->arena, "%s%.*s.*", whole, (int)stem->len, stem->start) : whole;
    }
}

static void add_file(struct folder *f, struct group_entry *entry)
{
    ARENA_GROW(f->arena, f->files, f->n, f->cap);
    f->files[f->n++] = entry;
}

/* One past the last entry of the folder that entries[i] lies in, seen from a prefix. */
static size_t folder_end(const struct group_entry *entries, size_t i, size_t n, size_t prefix, bool *holds_documents)
{
    size_t len = (size_t)(strchr(entries[i].path + prefix, '/') + 1 - entries[i].path), end = i;
    *holds_documents = false;
    for (; end < n && strncmp(entries[end].path, entries[i].path, len) == 0; end++)
        *holds_documents = *holds_documents || is_document(&entries[end]);
    return end;
}

/* Groups the entries, which all begin with the same `prefix` bytes. A folder's files without documents join those of
 * the folder around it where that one holds documents itself. */
static void group_folder(struct group_entry *entries, size_t n, size_t prefix, struct arena *arena)
{
    struct folder own = {.prefix = prefix, .arena = arena};
    bool takes_in = false;
    for (size_t i = 0; i < n && !takes_in; i++)
        takes_in = is_document(&entries[i]) && !strchr(entries[i].path + prefix, '/');
    for (size_t i = 0; i < n;) {
        if (!strchr(entries[i].path + prefix, '/')) {
            add_file(&own, &entries[i++]);
            continue;
        }
        bool holds_documents;
        size_t end = folder_end(entries, i, n, prefix, &holds_documents);
        if (holds_documents || !takes_in) {
            size_t deeper = (size_t)(strchr(entries[i].path + prefix, '/') + 1 - entries[i].path);
            group_folder(entries + i, end - i, deeper, arena);
            i = end;
        }
        for (; i < end; i++)
            add_file(&own, &entries[i]);
    }
    set_keys(&own);
}

void group_entries(struct group_entry *entries, size_t n, struct arena *arena)
{
    if (!n)
        return;
    qsort(entries, n, sizeof *entries, by_path);
    group_folder(entries, n, 0, arena);
    qsort(entries, n, sizeof *entries, by_key);
}

const char *group_name(const char *key, const char *path)
{
    const char *slash = strrchr(key, '/');
    return path + (slash ? slash + 1 - key : 0);
}

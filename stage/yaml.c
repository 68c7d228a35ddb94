#include "stage/yaml.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { MOST_NAMES = 600 /* bytes of a list of allowed names in an error */ };

bool yaml_fail(const struct yaml_reader *r, const yaml_node_t *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err_vset(r->e, ERR_USAGE, format, args);
    va_end(args);
    return err_add(r->e, "%s:%zu:%zu", r->path, node->start_mark.line + 1, node->start_mark.column + 1);
}

static bool syntax_error(const struct yaml_reader *r, const yaml_parser_t *parser)
{
    const char *problem = parser->problem ? parser->problem : "no YAML";
    if (parser->error == YAML_READER_ERROR)
        return err_set(r->e, ERR_USAGE, "%s: %s at byte %zu: the file must be UTF-8 text", r->path, problem,
                       parser->problem_offset);
    return err_set(r->e, ERR_USAGE, "%s:%zu:%zu: %s%s%s", r->path, parser->problem_mark.line + 1,
                   parser->problem_mark.column + 1, parser->context ? parser->context : "", parser->context ? ": " : "",
                   problem);
}

/* Nothing may follow but the end of the stream. */
static bool at_end(const struct yaml_reader *r, yaml_parser_t *parser)
{
    yaml_document_t second;
    if (!yaml_parser_load(parser, &second))
        return syntax_error(r, parser);
    const yaml_node_t *root = yaml_document_get_root_node(&second);
    bool ok = !root || yaml_fail(r, root, "a second document begins here; the file may have one only");
    yaml_document_delete(&second);
    return ok;
}

bool yaml_read(const char *text, size_t len, size_t max, struct yaml_reader *r, yaml_read_fn *read, void *into)
{
    yaml_parser_t parser;
    yaml_document_t document;
    bool ok = false;
    if (len > max)
        return err_set(r->e, ERR_USAGE, "%s: more than %zu bytes", r->path, max);
    if (!yaml_parser_initialize(&parser))
        return err_set(r->e, ERR_SYSTEM, "%s: no memory to read it", r->path);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    if (!yaml_parser_load(&parser, &document)) {
        syntax_error(r, &parser);
        goto out;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    r->document = &document;
    if (!root)
        err_set(r->e, ERR_USAGE, "%s: it is empty", r->path);
    else
        ok = read(r, root, into) && at_end(r, &parser);
    r->document = NULL;
    yaml_document_delete(&document);
out:
    yaml_parser_delete(&parser);
    return ok;
}

static const yaml_node_t *node_at(const struct yaml_reader *r, int index)
{
    return yaml_document_get_node(r->document, index);
}

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static bool wants_mapping(const struct yaml_reader *r, const yaml_node_t *node, const char *what)
{
    return node->type == YAML_MAPPING_NODE || yaml_fail(r, node, "%s is written as \"key: value\" lines", what);
}

static bool unknown_key(const struct yaml_reader *r, const yaml_node_t *key, const char *what,
                        const struct yaml_member *members, size_t n)
{
    struct str names = STR_INIT(MOST_NAMES);
    for (size_t i = 0; i < n; i++)
        str_addf(&names, "%s%s", i ? ", " : "", members[i].name);
    yaml_fail(r, key, "'%.60s' is no key of %s; there are: %s", scalar(key), what, names.data);
    str_release(&names);
    return false;
}

static bool read_member(struct yaml_reader *r, const yaml_node_pair_t *pair, const char *what,
                        const struct yaml_member *members, size_t n, unsigned long *seen, void *into)
{
    const yaml_node_t *key = node_at(r, pair->key);
    size_t i = 0;
    while (i < n && strcmp(members[i].name, scalar(key)) != 0)
        i++;
    if (i == n)
        return unknown_key(r, key, what, members, n);
    if (*seen & 1ul << i)
        return yaml_fail(r, key, "'%s' stands twice in %s", members[i].name, what);
    *seen |= 1ul << i;
    return members[i].read(r, node_at(r, pair->value), (char *)into + members[i].offset);
}

bool yaml_mapping(struct yaml_reader *r, const yaml_node_t *node, const char *what, const struct yaml_member *members,
                  size_t n, void *into)
{
    unsigned long seen = 0;
    if (!wants_mapping(r, node, what))
        return false;
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
        if (!read_member(r, p, what, members, n, &seen, into))
            return false;
    for (size_t i = 0; i < n; i++)
        if (members[i].need == YAML_MUST && !(seen & 1ul << i))
            return yaml_fail(r, node, "%s must have '%s'", what, members[i].name);
    return true;
}

bool yaml_pairs(struct yaml_reader *r, const yaml_node_t *node, const char *what, yaml_pair_fn *pair, void *into)
{
    if (!wants_mapping(r, node, what))
        return false;
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
        if (!pair(r, node_at(r, p->key), node_at(r, p->value), into))
            return false;
    return true;
}

const char *yaml_text(struct yaml_reader *r, const yaml_node_t *node, size_t max)
{
    if (node->type != YAML_SCALAR_NODE) {
        yaml_fail(r, node, "a text is wanted here, not %s",
                  node->type == YAML_SEQUENCE_NODE ? "a list" : "\"key: value\" lines");
        return NULL;
    }
    struct str clean = STR_INIT(max);
    const char *text = NULL;
    text_clean(scalar(node), node->data.scalar.length, &clean);
    if (clean.overflow)
        yaml_fail(r, node, "a text of at most %zu bytes is wanted here", max);
    else if (!clean.len)
        yaml_fail(r, node, "a text is wanted here; it is empty");
    else
        text = arena_strndup(r->arena, clean.data, clean.len);
    str_release(&clean);
    return text;
}

bool yaml_list(struct yaml_reader *r, const yaml_node_t *node, size_t max, size_t size, yaml_read_fn *read,
               void **items, size_t *n)
{
    *items = NULL;
    *n = 0;
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_fail(r, node, "a list is wanted here: [a, b] or lines that begin with \"- \"");
    const yaml_node_item_t *first = node->data.sequence.items.start, *end = node->data.sequence.items.top;
    size_t count = (size_t)(end - first);
    if (!count || count > max)
        return yaml_fail(r, node, "a list of 1 to %zu is wanted here; this one has %zu", max, count);
    *items = arena_array(r->arena, count, size);
    for (; *n < count; ++*n)
        if (!read(r, node_at(r, first[*n]), (char *)*items + *n * size))
            return false;
    return true;
}

#include "stage/profile_files.h"

#include <string.h>
#include <unistd.h>

#include "stage/profile_find.h"

enum { MOST_PATH = 4000 /* bytes */ };

bool profile_files_read_path(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    const char **out = into, *name = yaml_text(r, node, MOST_PATH), *slash = strrchr(r->path, '/');
    if (!name)
        return false;
    *out = *name == '/' || !slash ? name : arena_printf(r->arena, "%.*s/%s", (int)(slash - r->path), r->path, name);
    return access(*out, R_OK) == 0 || yaml_fail(r, node, "there is no file %.200s that can be read", *out);
}

static bool read_pair(struct yaml_reader *r, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
    struct profile_files *files = into;
    const char *name = key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "";
    const char **path = strcmp(name, "glossary") == 0  ? &files->glossary
                        : strcmp(name, "lexicon") == 0 ? &files->lexicon
                                                       : NULL;
    if (!path)
        return true;
    if (*path)
        return yaml_fail(r, key, "'%s' stands twice in a profile", name);
    return profile_files_read_path(r, value, path);
}

static bool read_files(struct yaml_reader *r, const yaml_node_t *node, void *into)
{
    return yaml_pairs(r, node, "a profile", read_pair, into);
}

bool profile_files_parse(const char *text, size_t len, const char *path, struct arena *arena, struct profile_files *out,
                         struct err *e)
{
    struct yaml_reader r = {.path = path, .arena = arena, .e = e};
    *out = (struct profile_files){.path = path};
    return yaml_read(text, len, PROFILE_MAX_BYTES, &r, read_files, out);
}

bool profile_files_load(const char *name_or_file, struct arena *arena, struct profile_files *out, struct err *e)
{
    const char *path;
    struct file_map map;
    if (!profile_map(name_or_file, arena, &path, &map, e))
        return false;
    bool ok = profile_files_parse((const char *)map.bytes, map.len, path, arena, out, e);
    file_unmap(&map);
    return ok;
}

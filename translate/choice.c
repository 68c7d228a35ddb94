/* choice.c: see choice.h. */
#include "translate/choice.h"

#include <stdio.h>
#include <string.h>

static const struct backend *const all[CHOICE_BACKENDS] = {&backend_model, &backend_libretranslate, &backend_apertium};

static const struct backend *named(const char *name, size_t len)
{
    for (size_t i = 0; i < CHOICE_BACKENDS; i++)
        if (strlen(all[i]->name) == len && memcmp(all[i]->name, name, len) == 0)
            return all[i];
    return NULL;
}

static bool has(const struct choice *c, const struct backend *b)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->backends[i].backend == b)
            return true;
    return false;
}

bool choice_read(const char *list, struct choice *out, struct err *e)
{
    out->n = 0;
    out->automatic = !list || strcmp(list, "auto") == 0;
    for (size_t i = 0; out->automatic && i < CHOICE_BACKENDS; i++)
        out->backends[out->n++].backend = all[i];
    for (const char *p = out->automatic ? "" : list; *p; p += *p == ',') {
        size_t len = strcspn(p, ",");
        const struct backend *b = named(p, len);
        if (!b || has(out, b))
            return err_set(e, ERR_USAGE, "--backend: '%.*s' %s", (int)len, p,
                           b ? "stands there twice" : "is none of auto, model, libretranslate, apertium");
        out->backends[out->n++].backend = b;
        p += len;
    }
    return out->n > 0 || err_set(e, ERR_USAGE, "--backend: names none of model, libretranslate, apertium");
}

bool choice_find(struct choice *c, const struct backend_options *options, struct err *e)
{
    bool any = false;
    struct str why = STR_INIT(ERR_TEXT_MAX);
    for (size_t i = 0; i < c->n; i++) {
        struct choice_backend *b = &c->backends[i];
        b->found = b->backend->find(options, &b->why);
        any = any || b->found;
        if (!b->found)
            str_addf(&why, "%s%s", why.len ? "; or: " : "", b->why.text);
    }
    if (!any)
        err_set(e, ERR_SYSTEM, "%s", why.data);
    str_release(&why);
    return any;
}

void choice_release(struct choice *c)
{
    for (size_t i = 0; i < c->n; i++) {
        c->backends[i].backend->lose(c->backends[i].found);
        c->backends[i].found = NULL;
    }
}

int choice_of(const struct choice *c, const char *language)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct choice_backend *b = &c->backends[i];
        if (b->found && b->backend->can(b->found, language, c->target))
            return (int)i;
    }
    return -1;
}

void choice_settings(const struct choice *c, int backend, const char *language, char hash[SHA256_SIZE])
{
    const struct choice_backend *b = &c->backends[backend];
    char terms[SHA256_SIZE];
    glossary_hash(c->glossary, language, c->target, terms);
    sha256_list(hash, b->backend->settings(b->found), terms, c->shape, SHA256_END);
}

void choice_word(const struct choice *c, const char *language, struct str *out)
{
    char settings[SHA256_SIZE], hash[SHA256_SIZE];
    int i = choice_of(c, language);
    if (i < 0) {
        str_addf(out, "%s=none", language);
        return;
    }
    const struct choice_backend *b = &c->backends[i];
    choice_settings(c, i, language, settings);
    sha256_list(hash, b->backend->identity(b->found, language, c->target), settings, c->effort, SHA256_END);
    str_addf(out, "%s=%s.%.8s", language, b->backend->name, hash);
}

/* The place in the list of who did it ("model.1f2e3d4c"); -1: nobody, or one that is not in the list. */
static int did(const struct choice *c, const char *by)
{
    size_t len = strcspn(by, ".,");
    for (size_t i = 0; i < c->n; i++)
        if (strlen(c->backends[i].backend->name) == len && memcmp(c->backends[i].backend->name, by, len) == 0)
            return (int)i;
    return -1;
}

bool choice_stands(const struct choice *c, const char *word, size_t len)
{
    char language[16];
    struct str now = STR_INIT(256);
    size_t tag = strcspn(word, "=");
    snprintf(language, sizeof language, "%.*s", (int)tag, word);
    choice_word(c, language, &now);
    int best = choice_of(c, language), by = tag < len ? did(c, word + tag + 1) : -1;
    bool same = now.len == len && memcmp(now.data, word, len) == 0;
    /* Nothing can do it now, or only what is less liked than that which did it: that one may be back tomorrow. */
    bool away = by >= 0 && (best < 0 || (c->automatic && by < best && !c->backends[by].found));
    str_release(&now);
    return same || away;
}

/* fuzz_check.c: a model's reply, read and checked against a caption. The input's lines, in order: the reply, the
 * caption, a mention (all of the rest). */
#include <stdint.h>
#include <string.h>

#include "pairs/check.h"
#include "pairs/facts.h"
#include "pairs/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char schema[] = "{\"properties\":{\"question\":{\"type\":\"string\"},\"answer\":{\"type\":\"string\"}}}";

static void check(const char *language, const char *question, const char *answer, const struct check_source *source,
                  enum pair_kind kind, struct arena *arena)
{
    const char *json, *failed, *why;
    struct candidate earlier = {
        .kind = kind, .language = language, .question = question, .answer = answer, .source = source};
    check_run(&earlier, arena, &json, &failed, &why);
    struct candidate c = {.kind = kind,
                          .language = language,
                          .question = question,
                          .own_question = kind == PAIR_COMPLEX_REASONING,
                          .answer = answer,
                          .source = source,
                          .earlier = &earlier,
                          .n_earlier = 1};
    check_run(&c, arena, &json, &failed, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    char *text = arena_strndup(&arena, (const char *)bytes, len < 20000 ? len : 20000);
    char *caption = text + strcspn(text, "\n"), *mention;
    if (*caption)
        *caption++ = 0;
    mention = caption + strcspn(caption, "\n");
    if (*mention)
        *mention++ = 0;
    struct str plain = STR_INIT(100000);
    facts_caption(caption, &plain);
    facts_sentence(mention, &plain);
    facts_cut(&plain, 100);
    str_release(&plain);
    struct check_source source;
    const char *texts[] = {caption, mention};
    check_source_make(texts, 2, 0, &arena, &source);
    struct reply reply;
    struct err e;
    bool read = reply_read(text, schema, &arena, &reply, &e);
    static const char *const languages[] = {"en", "es", "ru", "zh"};
    for (int kind = 0; kind < 4 * PAIR_KINDS; kind++)
        check(languages[kind / PAIR_KINDS], read ? reply.question : text, read ? reply.answer : text, &source,
              (enum pair_kind)(kind % PAIR_KINDS), &arena);
    arena_release(&arena);
    return 0;
}

/* shard_sample.h: one sample of a release: its key, its conversation, its JSON. */
#ifndef FIGMILL_PAIRS_SHARD_SAMPLE_H
#define FIGMILL_PAIRS_SHARD_SAMPLE_H

#include <stdbool.h>

#include "base/str.h"
#include "db/shard.h"

/* The key has letters, digits, "-" and "_" only, since WebDataset ends it at the first dot; what makes it unique is a
 * hash of the pair's natural key (document's bytes, figure, panel, kind, ordinal, language), so that it is the same in
 * every corpus; the article and figure in front of it are for people. */
enum { SAMPLE_KEY_SIZE = 88 };
void sample_key(const struct shard_candidate *c, char key[SAMPLE_KEY_SIZE]);

/* Suffix of the image file ("jpg", "png"), or NULL for a media type that trainers do not read. */
const char *sample_suffix(const struct shard_candidate *c);

/* Appends the turns as LLaVA's `conversations`: human and gpt by turns, the first human one with "<image>\n" in front.
 * NULL, or why the turns are no such conversation: "turns" (not alternating, empty, no JSON), "special_token" (a text
 * holds <image>, <video>, <audio> or <|...|>, which trainers would take for their own). Then `out` is cut back. */
const char *sample_conversations(const char *turns, struct str *out);

/* Appends the sample's JSON object on one line. Every sample has the same members of the same types and none is null
 * (Hugging Face fixes the schema by the first five): unknown texts are "", unknown years and pages 0, no score is -1.
 */
void sample_json(const struct shard_candidate *c, const char *key, const char *split, struct str *out);
/* Appends LLaVA's row: id, image (relative to the image folder), conversations. */
void sample_llava(const struct shard_candidate *c, const char *key, const char *image, struct str *out);

#endif

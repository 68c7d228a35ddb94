/* alarm.h: counts, over all workers of a run, how many of the model's replies do not have the form that was asked for,
 * and says so once when they are too many: a server may ignore response_format and answer with HTTP 200 all the same,
 * which would otherwise show only as a heap of dropped candidates. */
#ifndef FIGMILL_STAGE_ALARM_H
#define FIGMILL_STAGE_ALARM_H

#include <stdbool.h>

#include "base/json.h"
#include "base/model.h"

enum { ALARM_LEAST = 50 /* replies before it may go off */, ALARM_PERCENT = 20 };

struct alarm;

/* In memory that workers share; make it before they are forked. It goes off when more than `percent` of the replies so
 * far are malformed. 100: never. */
struct alarm *alarm_new(int percent);
void alarm_free(struct alarm *a);

enum alarm_reply { ALARM_WELL_FORMED, ALARM_MALFORMED };
void alarm_count(struct alarm *a, enum alarm_reply reply, const struct model_server *server);
bool alarm_went_off(const struct alarm *a);

/* Adds replies, replies_malformed, and alarm: the cause by name ("response_format_ignored"), or null. */
void alarm_report(const struct alarm *a, cJSON *summary);

#endif

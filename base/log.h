/* log.h: lines for people, on stderr. The level is the one mutable global besides the signal flag. */
#ifndef FIGMILL_BASE_LOG_H
#define FIGMILL_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_level_set(enum log_level level);
enum log_level log_level(void);

/* One line, with the program's name in front of it; written with one write(2), so that lines of several processes do
 * not mix. A progress line that stands on the terminal is wiped first. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

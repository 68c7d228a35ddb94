/* migrations.h: the SQL of db/migrations/, in order, made at build time; entry i brings version i to i + 1. */
#ifndef FIGMILL_DB_MIGRATIONS_H
#define FIGMILL_DB_MIGRATIONS_H

extern const char *const db_migrations[];

#endif

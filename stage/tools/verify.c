/* verify.c: the program figmill-verify. */
#include "stage/tools/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "stage/tools/tool.h"

static const char description[] =
    "Proves that a corpus is whole: the database (SQLite's integrity check, foreign keys, JSON columns), every blob that\n"
    "a row needs (there, and the bytes that its name says), every release (manifest, files, tables). Prints a line for\n"
    "each finding, a word for its kind first. Changes nothing without --repair.\n"
    "\n"
    "Leftovers of a crash (blobs that no row names, temp files) are listed too, but are no damage.\n"
    "\n"
    "Options of this program:\n"
    "  --quick            sizes only, don't read the bytes\n"
    "  --repair           re-queue what makes damaged or missing things again (run the stages after that), move\n"
    "                     damaged blobs to CORPUS/damaged, remove leftovers; not while a stage is at work\n"
    "With --json: one object with the list findings.\n"
    "\n"
    "Exit status of its own: 1 when something is damaged (with --repair: and cannot be mended).\n"
    "\n"
    "Examples:\n"
    "  figmill verify --quick\n"
    "  figmill verify --repair && make corpus\n";

static struct {
    int quick, repair;
} given;

static const struct poptOption options[] = {
    {"quick", 0, POPT_ARG_NONE, &given.quick, 0, NULL, NULL},
    {"repair", 0, POPT_ARG_NONE, &given.repair, 0, NULL, NULL},
    POPT_TABLEEND,
};

static void print_json(const struct verify *v, double seconds)
{
    cJSON *summary = cJSON_CreateObject(), *list = cJSON_CreateArray();
    cJSON_AddStringToObject(summary, "stage", "verify");
    cJSON_AddNumberToObject(summary, "blobs", (double)v->blobs);
    cJSON_AddNumberToObject(summary, "releases", (double)v->releases);
    cJSON_AddNumberToObject(summary, "damaged", (double)verify_damage(v));
    cJSON_AddNumberToObject(summary, "leftovers", (double)(v->n - verify_damage(v)));
    cJSON_AddNumberToObject(summary, "beyond_repair", (double)verify_beyond_repair(v));
    cJSON_AddNumberToObject(summary, "requeued", (double)v->requeued);
    cJSON_AddNumberToObject(summary, "set_aside", (double)v->set_aside);
    cJSON_AddNumberToObject(summary, "removed", (double)v->removed);
    cJSON_AddNumberToObject(summary, "seconds", seconds);
    for (size_t i = 0; i < v->n; i++) {
        cJSON *finding = cJSON_CreateObject();
        cJSON_AddStringToObject(finding, "kind", v->findings[i].code);
        cJSON_AddStringToObject(finding, "text", v->findings[i].text);
        cJSON_AddBoolToObject(finding, "leftover", v->findings[i].leftover);
        cJSON_AddItemToArray(list, finding);
    }
    cJSON_AddItemToObject(summary, "findings", list);
    char *text = cJSON_PrintUnformatted(summary);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(summary);
}

static void say(const struct verify *v, double seconds)
{
    size_t damage = verify_damage(v), leftovers = v->n - damage;
    log_info("%lld blobs, %lld releases: %s, %.1f s", (long long)v->blobs, (long long)v->releases,
             damage ? "damaged" : "whole", seconds);
    if (given.repair && v->n)
        log_info("%lld tasks re-queued, %lld blobs set aside, %lld leftovers removed, %zu findings beyond repair",
                 (long long)v->requeued, (long long)v->set_aside, (long long)v->removed, verify_beyond_repair(v));
    else if (v->n)
        log_info("%zu damaged, %zu leftovers (--repair mends what can be mended)", damage, leftovers);
}

static bool check(struct verify *v, struct err *e)
{
    return verify_check_database(v, e) && verify_check_blobs(v, e) && verify_check_leftovers(v, e) &&
           verify_check_releases(v, e);
}

/* The exit status; -1: an error. */
static int run(struct tool_context *c, struct err *e)
{
    double began = clock_seconds();
    struct verify v = {.db = &c->db, .quick = given.quick, .stop = c->stop};
    bool ok = check(&v, e);
    for (size_t i = 0; !c->common.json && i < v.n; i++)
        printf("%-16s %s\n", v.findings[i].code, v.findings[i].text);
    fflush(stdout);
    ok = ok && (!given.repair || verify_repair(&v, e));
    int status = ok ? EXIT_DONE : -1;
    if (ok && (given.repair ? verify_beyond_repair(&v) : verify_damage(&v)))
        status = EXIT_SOME_FAILED;
    if (ok && c->common.json)
        print_json(&v, clock_seconds() - began);
    if (ok)
        say(&v, clock_seconds() - began);
    verify_release(&v);
    return status;
}

int main(int argc, const char **argv)
{
    static const struct tool tool = {"verify", NULL, description, options};
    return tool_main(&tool, &given.repair, run, argc, argv);
}

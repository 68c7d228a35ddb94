/* generate_main.c: the program figmill-generate. */
#include "pairs/generate.h"

int main(int argc, const char **argv)
{
    return stage_main(&generate_stage, argc, argv);
}

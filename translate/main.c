/* figmill-translate: see stage.h. */
#include "translate/stage.h"

int main(int argc, const char **argv)
{
    return stage_main(&translate_stage, argc, argv);
}

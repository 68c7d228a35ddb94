#include "stage/runner.h"

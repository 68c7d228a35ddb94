/* seccomp.h: the walls of the sandbox. */
#ifndef FIGMILL_STAGE_SECCOMP_H
#define FIGMILL_STAGE_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Closes the calling process in for good: from here on it can use memory, read and write the descriptors it holds,
 * receive a descriptor, ask for the time and end; every other system call fails with EPERM. Memory is bounded to
 * memory_bytes of address space, output files to 0 bytes, new processes to none. */
bool seccomp_enter(size_t memory_bytes, struct err *e);
/* Moves the CPU limit to `seconds` from now; past it the process is killed (SIGXCPU, then SIGKILL). */
void seccomp_cpu_limit(int seconds);

#endif

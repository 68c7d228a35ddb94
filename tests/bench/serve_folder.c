/* serve_folder.c: file_server.h as a program, for benches in Python: serves the files below a folder until its standard
 * input ends. Prints "URL PID" once it listens.
 *
 *   serve_folder FOLDER */
#include <stdio.h>
#include <unistd.h>

#include "tests/bench/file_server.h"

int main(int argc, char **argv)
{
    struct file_server server;
    char byte;
    if (argc != 2) {
        fprintf(stderr, "usage: serve_folder FOLDER\n");
        return 2;
    }
    file_server_start(&server, argv[1]);
    printf("%s %d\n", server.url, server.pid);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    file_server_stop(&server);
    return 0;
}

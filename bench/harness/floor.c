// The floor of checking out a tree: creates every folder and file of a list and writes its bytes, and does nothing else.
// usage: floor FROM TO < list     ("d PATH" or "f PATH" a line; parents first)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[4 << 20];

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    int from = open(argv[1], O_RDONLY | O_DIRECTORY), to = open(argv[2], O_RDONLY | O_DIRECTORY);
    if (from < 0 || to < 0) { perror("open"); return 1; }
    char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 'd') {
            if (mkdirat(to, line + 2, 0777) != 0) { perror(line); return 1; }
            continue;
        }
        int source = openat(from, line + 2, O_RDONLY), target = openat(to, line + 2, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (source < 0 || target < 0) { perror(line); return 1; }
        for (ssize_t n; (n = read(source, buffer, sizeof buffer)) > 0;)
            if (write(target, buffer, n) != n) { perror(line); return 1; }
        close(source);
        close(target);
    }
    return 0;
}

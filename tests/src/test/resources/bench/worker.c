/* A worker that tells when it runs: sends "PID NANOSECONDS" (CLOCK_MONOTONIC) to 127.0.0.1:PORT by UDP, then waits for its end.
   usage: worker PORT [LINES]     LINES: how many lines of 1 KiB to print each second */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char text[64];
    int length = snprintf(text, sizeof text, "%d %lld", (int)getpid(), now.tv_sec * 1000000000LL + now.tv_nsec);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int telling = socket(AF_INET, SOCK_DGRAM, 0);
    if (telling < 0 || sendto(telling, text, length, 0, (struct sockaddr *)&to, sizeof to) != length)
        return 1;
    close(telling);
    if (argc < 3)
        for (;;)
            pause();
    char line[1024];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    struct timespec interval = {.tv_nsec = 1000000000L / atoi(argv[2])};
    for (;;) {
        if (write(1, line, sizeof line) < 0)
            return 1;
        nanosleep(&interval, NULL);
    }
}

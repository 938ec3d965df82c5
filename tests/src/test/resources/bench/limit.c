/* The physical limit beside which supervisors are measured: keeps N processes running with posix_spawn, epoll and pidfds, and does
   nothing else (no output, no configuration, no commands). SIGTERM ends the children, then itself.
   usage: limit N PROGRAM ARGS... */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static int events;
static posix_spawnattr_t attributes;
static struct child { pid_t pid; int fd; } *children;

static void start(int i, char **words)
{
    if (posix_spawn(&children[i].pid, words[0], NULL, &attributes, words, environ) != 0) {
        perror(words[0]);
        exit(1);
    }
    children[i].fd = syscall(SYS_pidfd_open, children[i].pid, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(events, EPOLL_CTL_ADD, children[i].fd, &event);
}

int main(int argc, char **argv)
{
    int count = atoi(argv[1]), left = count, stopping = 0;
    children = calloc(count, sizeof *children);
    sigset_t none, term;
    sigemptyset(&none);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    events = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = count};
    epoll_ctl(events, EPOLL_CTL_ADD, signalfd(-1, &term, SFD_CLOEXEC), &event);
    for (int i = 0; i < count; i++)
        start(i, argv + 2);
    while (left > 0) {
        struct epoll_event ready[64];
        int n = epoll_wait(events, ready, 64, -1);
        for (int k = 0; k < n; k++) {
            int i = ready[k].data.u32;
            if (i == count) {
                if (!stopping)
                    for (int c = 0; c < count; c++)
                        kill(children[c].pid, SIGTERM);
                stopping = 1;
                continue;
            }
            close(children[i].fd);
            waitpid(children[i].pid, NULL, 0);
            if (stopping)
                left--;
            else
                start(i, argv + 2);
        }
    }
    return 0;
}

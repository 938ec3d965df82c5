/* What a C program needs for the work that papa is measured at: posix_spawn with papa's flags and file actions, epoll, pidfds, and nothing
   else. Times are nanoseconds of CLOCK_MONOTONIC.
   usage: peer spawn COUNT PROGRAM ARGS…           all of them, one after the other, reaped as they end: "spawned NANOS"
          peer hold COUNT 0|1 PROGRAM ARGS…        keeps them (1: and reads their output): "up NANOS", a line, ends them: "down NANOS"
          peer death ROUNDS PROGRAM ARGS…          a supervisor and its client; from kill -9 until the client's read: NANOS each
          peer store FILE COUNT PROGRAM ARGS…      as hold 1, and appends what it reads to a file
          peer pour BYTES [GO]                     writes so much, in lines of 100 bytes; once a file GO is there, and then stays
          peer tick [COUNT]                        writes a line a second, or so many
          peer beat COUNT                          writes so many lines of 100 bytes a second, on a fixed beat
          peer first PATH TEXT PROGRAM ARGS…       from exec until the line TEXT is answered at the socket: "first NANOS", then TERM */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *variables[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/srv/site", "LANG=C.UTF-8", NULL};
static posix_spawnattr_t attributes;
static int events;
static char buffer[65536];
static int file = -1;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void rest(long nanos)
{
    struct timespec time = {.tv_nsec = nanos};
    nanosleep(&time, NULL);
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void prepare(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    sigset_t signals;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    events = epoll_create1(EPOLL_CLOEXEC);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static void watch(int fd, unsigned number)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll_ctl");
}

/* One child as papa makes it: a session of its own, null for input, no descriptor but its own three. The pid; *pipe as pipe2 says. */
static int start(char **words, int *output)
{
    int ends[2] = {-1, -1};
    if (output != NULL && pipe2(ends, O_CLOEXEC) < 0)
        fail("pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (output != NULL)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    else
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    pid_t pid;
    if (posix_spawn(&pid, words[0], &actions, &attributes, words, variables) != 0)
        fail(words[0]);
    posix_spawn_file_actions_destroy(&actions);
    if (output != NULL) {
        close(ends[1]);
        *output = ends[0];
    }
    return pid;
}

static int pidfd(int pid)
{
    int fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        fail("pidfd_open");
    return fd;
}

/* Reaps what has ended: how many. timeout as epoll_wait says. The number of an event is its pidfd. */
static int reap(int timeout)
{
    struct epoll_event ready[64];
    int count = epoll_wait(events, ready, 64, timeout);
    for (int i = 0; i < count; i++) {
        siginfo_t info;
        waitid(P_PIDFD, ready[i].data.u32, &info, WEXITED);
        close(ready[i].data.u32);
    }
    return count;
}

static void spawn(int count, char **words)
{
    int left = count;
    long long began = now();
    for (int i = 0; i < count; i++) {
        int fd = pidfd(start(words, NULL));
        watch(fd, fd);
        left -= reap(0);
    }
    while (left > 0)
        left -= reap(-1);
    printf("spawned %lld\n", now() - began);
}

static void hold(int count, int reading, char **words)
{
    int *children = calloc(count, sizeof *children);
    int waiting = 1, left = count;
    long long began = now();
    for (int i = 0; i < count; i++) {
        int output = -1;
        children[i] = pidfd(start(words, reading ? &output : NULL));
        watch(children[i], children[i]);
        if (reading) {
            fcntl(output, F_SETFL, O_NONBLOCK);
            watch(output, output | 1u << 31);
        }
    }
    printf("up %lld\n", now() - began);
    watch(0, 0);
    while (left > 0) {
        struct epoll_event ready[256];
        int number = epoll_wait(events, ready, 256, -1);
        for (int i = 0; i < number; i++) {
            unsigned fd = ready[i].data.u32;
            if (fd == 0 && waiting) {
                waiting = 0;
                epoll_ctl(events, EPOLL_CTL_DEL, 0, NULL);
                began = now();
                for (int c = 0; c < count; c++)
                    syscall(SYS_pidfd_send_signal, children[c], SIGTERM, NULL, 0);
            } else if (fd >> 31) {
                ssize_t length = read(fd & ~(1u << 31), buffer, sizeof buffer);
                if (length == 0)
                    close(fd & ~(1u << 31));
                else if (length > 0 && file >= 0 && write(file, buffer, length) != length)
                    fail("write");
            } else {
                siginfo_t info;
                waitid(P_PIDFD, fd, &info, WEXITED);
                epoll_ctl(events, EPOLL_CTL_DEL, fd, NULL);
                left--;
            }
        }
    }
    printf("down %lld\n", now() - began);
}

/* The supervisor tells each pid and each end by a line on a Unix socket, as papa does; its client kills. */
static void death(int rounds, char **words)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        fail("socketpair");
    int supervisor = fork();
    if (supervisor == 0) {
        for (int i = 0; i < rounds; i++) {
            int pid = start(words, NULL), fd = pidfd(pid);
            watch(fd, fd);
            if (write(ends[0], &pid, sizeof pid) < 0)
                fail("write");
            reap(-1);
            if (write(ends[0], &pid, sizeof pid) < 0)
                fail("write");
        }
        exit(0);
    }
    for (int i = 0; i < rounds; i++) {
        int pid = 0;
        if (read(ends[1], &pid, sizeof pid) != sizeof pid)
            fail("read");
        rest(5000000);
        long long began = now();
        kill(pid, SIGKILL);
        if (read(ends[1], &pid, sizeof pid) != sizeof pid)
            fail("read");
        printf("%lld\n", now() - began);
    }
    waitpid(supervisor, NULL, 0);
}

static void pour(long long left)
{
    for (int i = 0; i < (int)sizeof buffer; i++)
        buffer[i] = i % 100 == 99 ? '\n' : 'x';
    while (left > 0) { /* whole lines, each time */
        long long whole = sizeof buffer / 100 * 100;
        ssize_t count = write(1, buffer, left < whole ? left : whole);
        if (count < 0)
            fail("write");
        left -= count;
    }
}

static void beat(int count)
{
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    next.tv_nsec = getpid() % 100 * 10000000L; /* not all at the same moment */
    memset(buffer, 'x', 99);
    buffer[99] = '\n';
    for (;;) {
        next.tv_nsec += 1000000000L / count;
        if (next.tv_nsec >= 1000000000L) {
            next.tv_nsec -= 1000000000L;
            next.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        if (write(1, buffer, 100) < 0)
            exit(1);
    }
}

static void tick(int count)
{
    rest(getpid() % 1000 * 1000000L); /* not all at the same moment */
    for (;;) {
        if (write(1, "a line of an ordinary length, as a program writes it to its log now and then\n", 77) < 0)
            exit(1);
        if (count > 1)
            rest(1000000000L / count);
        else
            sleep(1);
    }
}

/* Reads until the wanted end: a greeting, an answer. */
static int answered(int fd, const char *wanted)
{
    size_t length = 0, tail = strlen(wanted);
    while (length < sizeof buffer) {
        ssize_t count = read(fd, buffer + length, sizeof buffer - length);
        if (count <= 0)
            return 0;
        length += count;
        if (length >= tail && memcmp(buffer + length - tail, wanted, tail) == 0)
            return 1;
    }
    return 0;
}

static void first(const char *path, const char *text, char **words)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    extern char **environ;
    pid_t pid;
    long long began = now(), deadline = began + 20000000000LL;
    if (posix_spawnp(&pid, words[0], NULL, NULL, words, environ) != 0)
        fail(words[0]);
    for (;;) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && answered(fd, "> ")
            && write(fd, text, strlen(text)) > 0 && write(fd, "\n", 1) > 0 && answered(fd, "> "))
            break;
        close(fd);
        if (now() > deadline || waitpid(pid, NULL, WNOHANG) != 0) {
            fprintf(stderr, "%s does not answer at %s\n", words[0], path);
            kill(pid, SIGKILL);
            exit(1);
        }
        rest(200000);
    }
    printf("first %lld\n", now() - began);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

int main(int count, char **words)
{
    const char *mode = count > 1 ? words[1] : "";
    prepare();
    if (count > 3 && strcmp(mode, "spawn") == 0)
        spawn(atoi(words[2]), words + 3);
    else if (count > 4 && strcmp(mode, "hold") == 0)
        hold(atoi(words[2]), atoi(words[3]), words + 4);
    else if (count > 3 && strcmp(mode, "death") == 0)
        death(atoi(words[2]), words + 3);
    else if (count > 4 && strcmp(mode, "store") == 0) {
        file = open(words[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (file < 0)
            fail(words[2]);
        hold(atoi(words[3]), 1, words + 4);
    } else if (count == 3 && strcmp(mode, "pour") == 0)
        pour(atoll(words[2]));
    else if (count == 4 && strcmp(mode, "pour") == 0) {
        while (access(words[3], F_OK) < 0)
            rest(1000000);
        pour(atoll(words[2]));
        pause();
    } else if (count == 3 && strcmp(mode, "beat") == 0)
        beat(atoi(words[2]));
    else if (count < 4 && strcmp(mode, "tick") == 0)
        tick(count == 3 ? atoi(words[2]) : 1);
    else if (count > 4 && strcmp(mode, "first") == 0)
        first(words[2], words[3], words + 4);
    else
        return 2;
    return 0;
}

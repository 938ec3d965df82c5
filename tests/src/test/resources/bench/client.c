/* A manager as thin as can be: speaks with a kernel over its Unix socket, framed, so that what is measured is the kernel. Times are
   nanoseconds of CLOCK_MONOTONIC. OPTIONS are words of `make process`.
   usage: client SOCKET spawn COUNT WINDOW OPTIONS… -- PROGRAM ARGS…   so many under way at once, until all have ended: "spawned NANOS"
          client SOCKET hold COUNT no|events|commit OPTIONS… -- …      "up NANOS", a line, ends them: "down NANOS"; what it follows meanwhile
          client SOCKET death ROUNDS OPTIONS… -- …                     from kill -9 until the exit frame is read: NANOS each
          client SOCKET follow FILE OPTIONS… -- …                      one child's output into a file: "followed NANOS BYTES" */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define INPUT (256 * 1024)
#define COMMIT_AFTER (256 * 1024)
#define COMMIT_EVERY 10000000LL /* nanoseconds, as circusd does */

static int kernel;
static char input[INPUT], output[2 * 1024 * 1024], options[64 * 1024];
static int from, to, queued;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void flush(void)
{
    for (int sent = 0; sent < queued;) {
        ssize_t count = write(kernel, output + sent, queued - sent);
        if (count < 0)
            fail("write");
        sent += count;
    }
    queued = 0;
}

#define request(...) (queued += snprintf(output + queued, sizeof output - queued, __VA_ARGS__))

/* More input, behind what is there. */
static void receive(void)
{
    if (from > 0) {
        memmove(input, input + from, to - from);
        to -= from;
        from = 0;
    }
    ssize_t count = read(kernel, input + to, sizeof input - to);
    if (count <= 0)
        fail("the kernel has gone");
    to += count;
}

/* What came: its line, and its body where it has one. */
static struct frame { char *word; long long fields[4]; char *body; int length; } frame;

/* Takes one frame from the input, if it is there whole. */
static int take(void)
{
    char *line = input + from, *end = memchr(line, '\n', to - from);
    if (end == NULL)
        return 0;
    int reply = line[0] == 'o' && line[1] == 'k', error = strncmp(line, "error", 5) == 0;
    int data = strncmp(line, "out ", 4) == 0 || strncmp(line, "err ", 4) == 0;
    int size = end - line + 1;
    char *word = line;
    memset(&frame, 0, sizeof frame);
    *end = 0;
    char *rest = strchr(line, ' ');
    for (int i = 0; rest != NULL && i < 4; i++) {
        frame.fields[i] = strtoll(rest, &rest, 10);
        rest = strchr(rest, ' ');
    }
    *end = '\n';
    if (reply || error)
        frame.length = frame.fields[1];
    else if (data)
        frame.length = frame.fields[3];
    if (reply || error || data) {
        if (to - from < size + frame.length + 1)
            return 0;
        frame.body = end + 1;
        size += frame.length + 1;
    }
    frame.word = word;
    from += size;
    if (error) {
        fprintf(stderr, "client: %.*s\n", frame.length, frame.body);
        exit(1);
    }
    return 1;
}

static void next(void)
{
    while (!take())
        receive();
}

static int is(const char *word)
{
    size_t length = strlen(word);
    return strncmp(frame.word, word, length) == 0 && frame.word[length] == ' ';
}

/* Sends what is queued and waits for the answer to the last of it, whose tag is 0. */
static void call(void)
{
    flush();
    do
        next();
    while (!is("ok") || frame.fields[0] != 0);
}

static long long field(const char *name)
{
    char *found = memmem(frame.body, frame.length, name, strlen(name));
    return found == NULL ? -1 : atoll(found + strlen(name));
}

static void begin(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    kernel = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(kernel, (struct sockaddr *)&address, sizeof address) < 0)
        fail(path);
    for (int prompts = 0; prompts < 2;) {
        if (read(kernel, input, 1) != 1)
            fail("no greeting");
        if (input[0] == '>') {
            if (read(kernel, input, 1) == 1 && prompts++ == 0 && write(kernel, "hello framed\n", 13) < 0)
                fail("hello");
        }
    }
    request("0 lease take bench\n");
    call();
}

static void make(long long number)
{
    request("%lld make process bench.%lld %s\n", number + 1, number, options);
}

static void spawn(int count, int window)
{
    int asked = 0, ended = 0;
    request("0 follow events bench.*\n");
    call();
    long long began = now();
    while (ended < count) {
        for (; asked < count && asked - ended < window; asked++)
            make(asked);
        flush();
        receive();
        while (take())
            if (is("exit")) {
                request("0 commit exit %lld\n", frame.fields[0]);
                ended++;
            }
    }
    printf("spawned %lld\n", now() - began);
    call();
}

static void hold(int count, const char *follow)
{
    long long *numbers = calloc(count, sizeof *numbers);
    int asked = 0, made = 0, ended = 0, committing = strcmp(follow, "commit") == 0;
    if (committing || strcmp(follow, "events") == 0) {
        request("0 follow %s bench.*\n", committing ? "output" : "events");
        call();
    }
    long long began = now();
    while (made < count) {
        for (; asked < count && asked - made < 64; asked++)
            make(asked);
        flush();
        next();
        if (is("ok")) {
            numbers[made++] = field("incarnation=");
        }
    }
    printf("up %lld\n", now() - began);
    struct pollfd ready[] = {{.fd = kernel, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    long long due = 0; /* when what came is committed, all in one; 0 if nothing is to be */
    while (!(ready[1].revents & (POLLIN | POLLHUP))) {
        long long left = (due - now() + 999999) / 1000000;
        poll(ready, 2, due == 0 ? -1 : left < 0 ? 0 : left);
        if (ready[0].revents & POLLIN)
            receive();
        while (take())
            if (committing && is("out")) {
                if (due == 0) {
                    due = now() + COMMIT_EVERY;
                    request("0 commit");
                }
                request(" out %lld %lld", frame.fields[0], frame.fields[1] + frame.length);
            }
        if (due != 0 && now() >= due) {
            request("\n");
            flush();
            due = 0;
        }
    }
    if (due != 0)
        request("\n");
    if (!committing && strcmp(follow, "events") != 0) {
        request("0 follow events bench.*\n");
        call();
    }
    began = now();
    for (int i = 0; i < count; i++) {
        request("1 signal %lld 15\n", numbers[i]);
        if (queued > 8192)
            flush();
    }
    while (ended < count) {
        flush();
        next();
        if (is("exit")) {
            request("0 commit exit %lld\n", frame.fields[0]);
            ended++;
        }
    }
    printf("down %lld\n", now() - began);
    call();
}

static void death(int rounds)
{
    request("0 follow events bench.*\n");
    call();
    for (int i = 0; i < rounds; i++) {
        make(i);
        flush();
        do
            next();
        while (!is("ok") || frame.fields[0] != i + 1);
        int pid = field("pid=");
        struct timespec calm = {.tv_nsec = 5000000};
        nanosleep(&calm, NULL);
        long long began = now();
        kill(pid, SIGKILL);
        do
            next();
        while (!is("exit"));
        printf("%lld\n", now() - began);
        request("0 commit exit %lld\n", frame.fields[0]);
    }
    call();
}

static void follow(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    long long offset = 0, committed = 0, number = -1;
    if (file < 0)
        fail(path);
    request("0 follow output bench.*\n");
    call();
    long long began = now();
    make(0);
    flush();
    for (;;) {
        next();
        if (is("gap"))
            fail("output was lost");
        if (is("out")) {
            number = frame.fields[0];
            offset = frame.fields[1] + frame.length;
            if (write(file, frame.body, frame.length) != frame.length)
                fail("write");
        }
        if (frame.word[0] == 'e' && frame.word[1] == 'n')
            break;
        if (offset - committed >= COMMIT_AFTER) {
            request("0 commit out %lld %lld\n", number, offset);
            committed = offset;
            flush();
        }
    }
    printf("followed %lld %lld\n", now() - began, offset);
    request("0 commit out %lld %lld exit %lld\n", number, offset, number);
    call();
}

int main(int count, char **words)
{
    if (count < 5)
        return 2;
    const char *mode = words[2];
    int first = strcmp(mode, "spawn") == 0 || strcmp(mode, "hold") == 0 ? 5 : 4;
    for (int i = first; i < count; i++) {
        strcat(options, words[i]);
        strcat(options, " ");
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    begin(words[1]);
    if (strcmp(mode, "spawn") == 0)
        spawn(atoi(words[3]), atoi(words[4]));
    else if (strcmp(mode, "hold") == 0)
        hold(atoi(words[3]), words[4]);
    else if (strcmp(mode, "death") == 0)
        death(atoi(words[3]));
    else if (strcmp(mode, "follow") == 0)
        follow(words[3]);
    else
        return 2;
    return 0;
}

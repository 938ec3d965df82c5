package papa.posix;

import java.util.List;

/**
 * What a child inherits from the thread that starts it, and what can be set on a child from outside. Results are as in
 * {@link Posix}: 0 or more, or the negated errno. From any thread.
 */
public interface Attributes {
    /** To set the limits of processes of other users, and to raise hard limits (capabilities(7)). */
    int CAP_SYS_RESOURCE = 24;

    // Of the calling thread alone, by the calls of the machine themselves: those of the C library change all threads.

    /** setgroups(2). */
    int setGroups(int[] groups);

    /** setresgid(2). */
    int setGroup(int real, int effective, int saved);

    /** setresuid(2). */
    int setUser(int real, int effective, int saved);

    /**
     * Whether the next change of user leaves the calling thread its capabilities, though not in effect (prctl(2),
     * PR_SET_KEEPCAPS). No exec keeps them.
     */
    int keepCapabilities(boolean keep);

    /** Brings the capabilities that the calling thread was left into effect (capset(2)). */
    int raiseCapabilities();

    /** Those in effect in the calling thread, a bit each (capget(2)). */
    long capabilities();

    /** Those that an exec hands on (prctl(2), PR_CAP_AMBIENT). */
    List<Integer> ambientCapabilities();

    int dropAmbientCapabilities();

    int raiseAmbientCapability(int capability);

    /** The supplementary groups of the calling thread. */
    int[] groups();

    /** The effective group. */
    int group();

    /** The number of the calling thread (gettid(2)). */
    int threadId();

    // Of another process.

    /** prlimit(2); -1 is infinity. */
    int setLimit(int pid, int limit, long soft, long hard);

    /** prlimit(2), reading. */
    int limit(int pid, int limit, long[] softAndHard);

    /** setpriority(2). */
    int setNice(int pid, int nice);

    /** 1 if that process still runs in our own memory, as a child does until its exec; 0 if not (kcmp(2)). */
    int sharesOurMemory(int pid);

    // FIFOs. See fifo(7), poll(2), chmod(2).

    int makeFifo(String path);

    int changeMode(String path, int mode);

    /**
     * Waits until whoever had a FIFO open for writing has closed it, or an eventfd is written to.
     *
     * @return 1 if the eventfd was not written to
     */
    int awaitWritersEnd(int fifo, int eventfd);

    /** Reads a file from an offset on, without moving its position (pread(2)). */
    long readAt(int fd, long address, long bytes, long offset);
}

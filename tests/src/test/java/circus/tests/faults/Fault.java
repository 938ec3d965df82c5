package circus.tests.faults;

/** A scenario of the suite: what happens, and what its time tells. The page docs/reliability.md has them in this order. */
public enum Fault {
    MANAGER_KILLED(
            1,
            "circusd is killed (`kill -9`) at a random moment, and started again up to a second later",
            "start of circusd until it waits for commands"),
    MANAGER_KILLED_STARTING(
            1, "circusd is killed at a random moment of its start", "the start that is let be, the same"),
    MANAGER_KILLED_IN_ITS_WORK(
            2,
            "circusd ends at each place of [`CIRCUS_FAILPOINT`](development.md#where-circusd-can-be-made-to-die) in turn",
            "start of circusd until it waits for commands"),
    MANAGER_FROZEN(
            3,
            "circusd is stopped (`SIGSTOP`) while a worker writes 50 MB/s, and goes on later",
            "SIGCONT until a command is answered"),
    KERNEL_UPGRADED(6, "papa is upgraded in place, and each second time to a program that is broken", "the upgrade"),
    DESCRIPTORS(8, "circusd, then papa, may open no more files (`EMFILE`), and may again", "a command"),
    RUNTIME_DIRECTORY_FULL(
            8, "the folder of papa's socket is full (`ENOSPC`) when circusd starts, or later", "a command"),
    CLOCK_STEPPED(
            9, "the clock of circusd and papa is stepped an hour ahead, then back", "a stop within its grace time"),
    ODD_CHILDREN(
            10,
            "a child closes stdout alone; a grandchild keeps the pipe; a double fork leaves the tree; one ignores TERM",
            "a stop of all four"),
    FLAPPING(
            11,
            "200 children end at once, again and again, for some seconds (2,000 for a minute with 1,000 rounds)",
            "a command"),
    HOSTILE_CLIENTS(
            12,
            "truncated frames, endless lines, a byte now and then, a foreign user and crowds, at papa's socket and both endpoints",
            "a command");

    private final int number;
    private final String happens;
    private final String timed;

    /**
     * @param number of the list in the issue that asked for the suite
     * @param happens for the page
     * @param timed for the page: from when until when, or what
     */
    Fault(int number, String happens, String timed) {
        this.number = number;
        this.happens = happens;
        this.timed = timed;
    }

    public int number() {
        return number;
    }

    public String happens() {
        return happens;
    }

    public String timed() {
        return timed;
    }
}

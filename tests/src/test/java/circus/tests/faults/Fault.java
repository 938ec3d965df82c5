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
    MANAGER_UPGRADE_FAILED(
            4,
            "circusd is upgraded to one that ends, hangs, reads the file otherwise, tears what it writes, spoils its files or runs out of"
                    + " memory, some before the hand-over and some after it",
            "the upgrade, until all is as before"),
    VERSIONS(
            5,
            "papa, then circusd, is replaced by that of an earlier release, and by today's again (its circusd knows no `upgrade`:"
                    + " `detach` and start)",
            "each replacement"),
    KERNEL_UPGRADED(6, "papa is upgraded in place, and each second time to a program that is broken", "the upgrade"),
    KERNEL_KILLED(
            7,
            "papa is killed (`kill -9`) at a random moment, and circusd starts another one",
            "the kill until another papa and circusd answer"),
    BOTH_KILLED(
            7,
            "papa and circusd are killed, at once, one shortly after the other, or papa while the next circusd starts; all workers are ended"
                    + " before anybody takes their place",
            "start of circusd until it waits for commands"),
    DESCRIPTORS(8, "circusd, then papa, may open no more files (`EMFILE`), and may again", "a command"),
    RUNTIME_DIRECTORY_FULL(
            8, "the folder of papa's socket is full (`ENOSPC`) when circusd starts, or later", "a command"),
    MEMORY(
            8,
            "papa, then circusd, gets no more memory of the system (`ENOMEM`) for a second; papa may start no more processes (`EAGAIN`); circusd has"
                    + " no heap left",
            "a command"),
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
            "a command"),
    STRANGERS(
            12,
            "another user speaks rightly, at papa's socket and both endpoints, whose folders and files let everybody in",
            "until it is turned away");

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

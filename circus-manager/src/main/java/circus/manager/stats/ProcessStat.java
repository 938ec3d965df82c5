package circus.manager.stats;

import java.io.IOException;

/**
 * The fields of {@code /proc/PID/stat} that are needed, as they stand there. A value; any thread.
 *
 * @param name of its program, as a hash: it is only asked whether it has changed
 * @param state one letter of proc(5)
 * @param ownTicks CPU time of the process alone
 * @param allTicks the same, that of the children that it has waited for, and the time it waited for disks: what Circus adds up
 * @param threads how many it has
 * @param startTicks since the start of the machine: with the pid it tells a process from all others
 */
record ProcessStat(
        int pid,
        int name,
        char state,
        int parent,
        long ownTicks,
        long allTicks,
        int nice,
        int threads,
        long startTicks,
        long virtualBytes,
        long residentPages) {

    /** What proc(5) numbers so; the first is 1. */
    private static final int STATE = 3;

    private static final int PARENT = 4;
    private static final int OWN_USER = 14;
    private static final int OWN_SYSTEM = 15;
    private static final int CHILDREN_USER = 16;
    private static final int CHILDREN_SYSTEM = 17;
    private static final int NICE = 19;
    private static final int THREADS = 20;
    private static final int START = 22;
    private static final int VIRTUAL = 23;
    private static final int RESIDENT = 24;
    private static final int DISK = 42;

    /** Of pid and name there are fewer bytes: a kernel thread's name has 63 at the most (fs/proc/array.c, proc_task_name). */
    private static final int LONGEST_BEGINNING = 128;

    boolean isZombie() {
        return state == 'Z' || state == 'X';
    }

    /** @param text of the file, its first {@code length} bytes */
    static ProcessStat parse(int pid, byte[] text, int length) throws IOException {
        // The name stands in parentheses and may hold anything, parentheses and blanks too; behind it there are
        // numbers.
        int at = Math.min(length, LONGEST_BEGINNING) - 1;
        while (at >= 0 && text[at] != ')') {
            at--;
        }
        int name = 0;
        for (int i = 0; i < at; i++) {
            name = 31 * name + text[i];
        }
        at += 2;
        if (at < 2 || at >= length) {
            throw new IOException("cannot read the stat file of process " + pid);
        }
        char state = (char) text[at];
        long[] fields = new long[DISK + 1];
        at += 2;
        for (int number = STATE + 1; number <= DISK && at < length; number++) {
            boolean negative = text[at] == '-';
            if (negative) {
                at++;
            }
            long value = 0;
            while (at < length && text[at] >= '0' && text[at] <= '9') {
                value = value * 10 + text[at] - '0';
                at++;
            }
            fields[number] = negative ? -value : value;
            at++;
        }
        long own = fields[OWN_USER] + fields[OWN_SYSTEM];
        return new ProcessStat(
                pid,
                name,
                state,
                (int) fields[PARENT],
                own,
                own + fields[CHILDREN_USER] + fields[CHILDREN_SYSTEM] + fields[DISK],
                (int) fields[NICE],
                (int) fields[THREADS],
                fields[START],
                fields[VIRTUAL],
                fields[RESIDENT]);
    }
}

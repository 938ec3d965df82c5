package papa.process;

import papa.launch.ProcessSpec;
import papa.launch.SavedSpec;
import papa.launch.Started;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Usage;

/**
 * A process in a state: a line of the kind {@code process}, in the order in which they were started. It has what {@link
 * SavedSpec} tells, and
 *
 * <pre>
 *   number, pid, started        incarnation; microseconds
 *   pidfd                       -1 where there is none, or its end was told
 *   identity                    as papa's line tells it; not there if none was asked for
 *   note                        each annotation, KEY=VALUE
 *   reaped                      1: its pid may be another's
 *   exit, ended                 once its end was told: exit code and microseconds
 *   usage                       USER:SYSTEM:MOST:EXACT as in {@link Usage}; not there while it is not reaped, or where nobody knows (0.2.0)
 *   exit-taken, has-left, group-populated, forgotten, foster    as in {@link Incarnation}; 1
 *   committed-ago               nanoseconds since something of it was committed
 * </pre>
 *
 * Its streams, what it left behind and its cgroup have lines of their own. Loop thread only.
 */
public final class SavedIncarnation {
    private static final int LEAST_PID = 2;

    private SavedIncarnation() {}

    public static void put(StateWriter.Line line, Incarnation process) {
        SavedSpec.put(line, process.spec);
        line.put("number", process.number)
                .put("pid", process.pid)
                .put("started", process.startedMicros)
                .descriptor("pidfd", process.hasEnded() ? -1 : process.pidfd)
                .putMap("note", process.annotations)
                .flag("reaped", process.reaped);
        if (!process.identity.isEmpty()) {
            line.put("identity", process.identity);
        }
        if (process.hasEnded()) {
            line.put("exit", process.exitCode()).put("ended", process.endedMicros());
        }
        Usage usage = process.usage;
        if (usage != null) {
            line.tuple("usage", usage.userMicros(), usage.systemMicros(), usage.mostKib(), usage.isExact() ? 1 : 0);
        }
        line.flag("exit-taken", process.exitTaken)
                .flag("has-left", process.hasLeft)
                .flag("group-populated", process.groupPopulated)
                .flag("forgotten", process.forgotten)
                .flag("foster", process.foster)
                .put("committed-ago", Math.max(0, System.nanoTime() - process.committedNanos));
    }

    /** Makes one, without streams. */
    public static Incarnation restore(StateLine line) throws StateException {
        ProcessSpec spec = SavedSpec.restore(line);
        Started started = new Started(
                line.integer("pid", LEAST_PID, Integer.MAX_VALUE),
                line.descriptor("pidfd"),
                line.number("started", Long.MIN_VALUE, Long.MAX_VALUE),
                0,
                -1,
                -1,
                line.text("identity", ""));
        Incarnation process =
                new Incarnation(line.number("number", 1, Long.MAX_VALUE), spec, started, line.map("note"));
        process.reaped = line.flag("reaped");
        if (line.has("ended")) {
            process.ended(line.integer("exit", -255, 255), line.number("ended", Long.MIN_VALUE, Long.MAX_VALUE));
            process.reaped = true;
        }
        for (long[] used : line.tuples("usage", 4)) {
            if (used[0] < 0 || used[1] < 0 || used[2] < 0) {
                throw line.wrong("usage=" + line.text("usage") + " has a number below 0");
            }
            process.usage = new Usage(used[0], used[1], used[2], used[3] == 1);
        }
        process.exitTaken = line.flag("exit-taken");
        process.hasLeft = line.flag("has-left");
        process.groupPopulated = line.flag("group-populated");
        process.forgotten = line.flag("forgotten");
        process.foster = line.flag("foster");
        process.committedNanos = System.nanoTime() - line.number("committed-ago", 0, Long.MAX_VALUE);
        return process;
    }
}

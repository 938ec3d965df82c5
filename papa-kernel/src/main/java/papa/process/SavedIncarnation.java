package papa.process;

import papa.launch.ProcessSpec;
import papa.launch.SavedSpec;
import papa.launch.Started;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

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
 *   exit-taken, has-left, group-populated, forgotten, unattended    as in {@link Incarnation}; 1
 *   committed-ago               nanoseconds since something of it was committed
 *   held-back                   see {@link OutputFlow}
 * </pre>
 *
 * Its streams, what it left behind and its cgroup have lines of their own. Loop thread only.
 */
public final class SavedIncarnation {
    private static final int LEAST_PID = 2;

    private SavedIncarnation() {}

    public static void put(StateWriter.Line line, Incarnation process, OutputFlow flow) {
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
        line.flag("exit-taken", process.exitTaken)
                .flag("has-left", process.hasLeft)
                .flag("group-populated", process.groupPopulated)
                .flag("forgotten", process.forgotten)
                .flag("unattended", process.unattended)
                .put("committed-ago", Math.max(0, System.nanoTime() - process.committedNanos));
        flow.put(line, process);
    }

    /** Makes one, without streams. */
    public static Incarnation restore(StateLine line, OutputFlow flow) throws StateException {
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
        process.exitTaken = line.flag("exit-taken");
        process.hasLeft = line.flag("has-left");
        process.groupPopulated = line.flag("group-populated");
        process.forgotten = line.flag("forgotten");
        process.unattended = line.flag("unattended");
        process.committedNanos = System.nanoTime() - line.number("committed-ago", 0, Long.MAX_VALUE);
        flow.restore(line, process);
        return process;
    }
}

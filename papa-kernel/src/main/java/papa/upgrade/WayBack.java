package papa.upgrade;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;

/**
 * How a successor that cannot go on after all gives the process back: the program that was there before, and the
 * descriptors that it needs. It finds the state as it has left it.
 *
 * <p>In a state: {@code program …} ({@link Program}) as its first line, {@code kept fd=…} with all descriptors as the last.
 */
public final class WayBack {
    private static final String PROGRAM = "program";
    private static final String KEPT = "kept";

    private final Posix posix;
    private final int state;
    private @Nullable Program former;
    private final List<Integer> kept = new ArrayList<>();

    private WayBack(Posix posix, int state) {
        this.posix = posix;
        this.state = state;
    }

    /**
     * What {@link #read} needs, but for the last line.
     *
     * @param own what this process executes
     * @param words how many of its last words are not for java
     */
    public static void begin(StateWriter out, Program own, int words) {
        own.with(Handed.again(own.argv(), words)).save(out.line(PROGRAM));
    }

    /** The last line. */
    public static void end(StateWriter out) {
        StateWriter.Line line = out.line(KEPT);
        for (int fd : List.copyOf(out.kept())) {
            line.put("fd", fd);
        }
        line.end();
    }

    /** To be read before anything is done with the state. */
    public static WayBack read(Posix posix, int state) throws StateException {
        WayBack back = new WayBack(posix, state);
        StateReader reader = new StateReader(posix);
        reader.on(PROGRAM, line -> back.former = Program.restore(line));
        reader.on(KEPT, line -> {
            for (long[] fd : line.tuples("fd", 1)) {
                if (fd[0] < 0 || fd[0] > Integer.MAX_VALUE) {
                    throw line.wrong("fd=" + fd[0] + " is no descriptor");
                }
                back.kept.add((int) fd[0]);
            }
        });
        reader.read(state);
        return back;
    }

    /** Becomes the former program again; returns only if that failed, with the reason. */
    public String go(String why) {
        Program program = former;
        if (program == null) {
            return "the state does not tell which program it was";
        }
        int failed = Takeover.execute(posix, program.with(Handed.goOn(program.argv(), state, why)), state, kept);
        return "cannot execute " + program.path() + ": " + Errno.of(failed);
    }
}

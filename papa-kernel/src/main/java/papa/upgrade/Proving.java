package papa.upgrade;

import java.util.Collection;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.SpawnRequest;
import papa.request.Refusal;

/**
 * Has a program show that it can restore a state: it is started as a child of our own, with the state and the descriptors
 * that the state names, and is to say so ({@link Proof}) and to end with 0. Whatever else it does, nothing has changed.
 * Loop thread only.
 */
public final class Proving {
    private static final int MOST_SAID = 8 * 1024 * 1024;
    private static final int MOST_COMPLAINED = 64 * 1024;
    private static final int MOST_TOLD = 1000;
    private static final int SIGNALLED = 0x7f;

    /** Told once how it went. */
    public interface Judge {
        void proved(Proof proof);

        /** Nothing has changed. */
        void failed(Refusal refusal);
    }

    /** Starts children of the kernel's own, each in a session of its own. */
    public interface Starter {
        /**
         * @param told the pid or a negated errno
         * @param ended the status, as waitpid(2) gives it
         */
        void start(SpawnRequest request, IntConsumer told, IntConsumer ended);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final String program;
    private final Judge judge;
    private @Nullable LastWords said;
    private @Nullable LastWords complained;
    private EventLoop.@Nullable Timer deadline;
    private int[] childEnds = new int[0];
    private @Nullable HeldOpen held;
    private int pid;
    private boolean over;

    /**
     * @param program what is to be proved, for people; a byte string
     */
    public Proving(Posix posix, EventLoop loop, String program, Judge judge) {
        this.posix = posix;
        this.loop = loop;
        this.program = program;
        this.judge = judge;
    }

    /**
     * Begins.
     *
     * @param words those behind the path of the program
     * @param state the memory file
     * @param kept the descriptors that the state names
     */
    public void begin(
            Starter starter,
            String path,
            List<String> words,
            List<String> environment,
            int state,
            Collection<Integer> kept,
            long limitNanos) {
        try {
            int made = open();
            if (made < 0) {
                closeChildEnds();
                fail("cannot read what it says: " + Errno.of(made));
                return;
            }
            deadline = loop.after(limitNanos, () -> tooLate(limitNanos));
            held = new HeldOpen(posix, state, kept);
            starter.start(
                    new SpawnRequest(
                            path,
                            Handed.prove(path, words, state),
                            environment,
                            0,
                            -1,
                            childEnds[0],
                            childEnds[1],
                            -1,
                            held.inherited(),
                            null),
                    told -> {
                        closeChildEnds();
                        started(told);
                    },
                    this::ended);
        } catch (RuntimeException | Error fault) { // of memory, mostly
            Log.fault("a fault while a program was to show that it can take over", fault);
            closeChildEnds();
            fail("a fault: " + fault);
        }
    }

    /** The pipes through which it speaks; a negated errno if they cannot be had. */
    private int open() {
        int[] output = new int[2];
        int made = posix.pipe(output);
        if (made < 0) {
            return made;
        }
        childEnds = new int[] {output[1], -1};
        said = words(output[0], MOST_SAID);
        int[] errors = new int[2];
        made = posix.pipe(errors);
        if (made < 0) {
            return made;
        }
        childEnds[1] = errors[1];
        complained = words(errors[0], MOST_COMPLAINED);
        return Math.min(said.begin(), complained.begin());
    }

    private LastWords words(int pipe, int most) {
        try {
            return new LastWords(posix, loop, pipe, most);
        } catch (OutOfMemoryError none) {
            posix.close(pipe);
            throw none;
        }
    }

    /** To be called once the child has been made, or cannot be. */
    private void closeChildEnds() {
        for (int end : childEnds) {
            posix.close(end);
        }
        childEnds = new int[0];
        if (held != null) {
            held.close();
        }
    }

    private void started(int told) {
        if (told < 0) {
            fail("it cannot be executed: " + Errno.of(told));
            return;
        }
        pid = told;
        if (over) {
            kill();
        }
    }

    private void tooLate(long limitNanos) {
        kill();
        fail("it did not show within " + limitNanos / 1_000_000 + " ms that it can take over" + lastLine());
    }

    /** Nobody wants to know any more. */
    public void abandon() {
        kill();
        close();
    }

    /** It is not reaped, and leads a session of its own. */
    private void kill() {
        if (pid > 0) {
            posix.kill(-pid, Posix.SIGKILL);
            posix.kill(pid, Posix.SIGKILL);
        }
    }

    private void ended(int status) {
        // What it has left has copies of all that the kernel holds, and would keep it open. The number is its group's
        // as long
        // as anybody is in that; if nobody is, it was reaped only just now, and is nobody else's yet.
        if (pid > 0) {
            posix.kill(-pid, Posix.SIGKILL);
        }
        pid = 0;
        if (over || said == null) {
            return;
        }
        String output = said.end();
        int code = (status >> 8) & 0xff;
        if ((status & SIGNALLED) != 0) {
            fail("it was ended by signal " + (status & SIGNALLED) + lastLines(output));
        } else if (code != 0) {
            fail("it ended with exit code " + code + lastLines(output));
        } else if (said.isTooMuch()) {
            fail("it says more than " + MOST_SAID + " bytes");
        } else {
            try {
                Proof proof = Proof.hear(output);
                close();
                judge.proved(proof);
            } catch (Refusal unheard) {
                fail(unheard.getMessage() + lastLine());
            }
        }
    }

    /** The last that it said about itself. */
    private String lastLine() {
        return lastLines("");
    }

    /** The same, and the last of its output: a JVM that cannot begin says there why. */
    private String lastLines(String output) {
        String complaint = lastLineOf(complained == null ? "" : complained.end());
        String rest = lastLineOf(output);
        String both = complaint + (complaint.isEmpty() || rest.isEmpty() ? "" : "; ") + rest;
        return both.isEmpty() ? "" : "; its last words: " + both;
    }

    private static String lastLineOf(String text) {
        String all = text.strip();
        String line = all.substring(all.lastIndexOf('\n') + 1);
        return line.substring(0, Math.min(line.length(), MOST_TOLD));
    }

    private void fail(String why) {
        if (!over) {
            close();
            judge.failed(new Refusal("cannot upgrade to " + program + ": " + why + "; nothing has changed"));
        }
    }

    private void close() {
        over = true;
        if (deadline != null) {
            deadline.cancel();
        }
        if (said != null) {
            said.close();
        }
        if (complained != null) {
            complained.close();
        }
    }
}

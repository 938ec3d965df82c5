package papa.upgrade;

import java.util.Collection;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
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
        int[] output = new int[2];
        int[] errors = new int[2];
        int made = posix.pipe(output);
        if (made < 0) {
            fail("cannot make a pipe: " + Errno.of(made));
            return;
        }
        made = posix.pipe(errors);
        if (made < 0) {
            posix.close(output[0]);
            posix.close(output[1]);
            fail("cannot make a pipe: " + Errno.of(made));
            return;
        }
        try {
            said = new LastWords(posix, loop, output[0], MOST_SAID);
            complained = new LastWords(posix, loop, errors[0], MOST_COMPLAINED);
        } catch (OutOfMemoryError none) {
            for (int fd : new int[] {said == null ? output[0] : -1, output[1], errors[0], errors[1]}) {
                posix.close(fd);
            }
            fail(none.getMessage() + "");
            return;
        }
        int watched = Math.min(said.begin(), complained.begin());
        if (watched < 0) {
            posix.close(output[1]);
            posix.close(errors[1]);
            fail("cannot read what it says: " + Errno.of(watched));
            return;
        }
        deadline = loop.after(limitNanos, () -> tooLate(limitNanos));
        HeldOpen held = new HeldOpen(posix, state, kept);
        starter.start(
                new SpawnRequest(
                        path,
                        Handed.prove(path, words, state),
                        environment,
                        0,
                        -1,
                        output[1],
                        errors[1],
                        -1,
                        held.inherited(),
                        null),
                told -> {
                    held.close();
                    posix.close(output[1]);
                    posix.close(errors[1]);
                    started(told);
                },
                this::ended);
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

    /** It is not reaped, and leads a session of its own. */
    private void kill() {
        if (pid > 0) {
            posix.kill(-pid, Posix.SIGKILL);
            posix.kill(pid, Posix.SIGKILL);
        }
    }

    private void ended(int status) {
        pid = 0;
        if (over || said == null) {
            return;
        }
        String output = said.end();
        int code = (status >> 8) & 0xff;
        if ((status & SIGNALLED) != 0) {
            fail("it was ended by signal " + (status & SIGNALLED) + lastLine());
        } else if (code != 0) {
            fail("it ended with exit code " + code + lastLine());
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
        String all = complained == null ? "" : complained.end().strip();
        String line = all.substring(all.lastIndexOf('\n') + 1);
        String end = line.substring(0, Math.min(line.length(), MOST_TOLD));
        return line.isEmpty() ? "" : "; its last words: " + end;
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

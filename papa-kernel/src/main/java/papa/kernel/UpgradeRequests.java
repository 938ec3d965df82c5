package papa.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.loop.Micros;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateWriter;
import papa.upgrade.Handed;
import papa.upgrade.Program;
import papa.upgrade.Proof;
import papa.upgrade.Proving;
import papa.upgrade.Takeover;
import papa.upgrade.WayBack;
import papa.wire.Words;

/**
 * Puts another program in the place of this one, one at a time.
 *
 * <pre>
 *   asked ─► proving: the kernel serves, a child shows that it could take over
 *         ─► quiet: no request is read, until nothing is under way
 *         ─► exec: from here on the other program goes on, and answers
 * </pre>
 *
 * <p>Whatever fails before the last step changes nothing, and is the answer. Loop thread only.
 */
final class UpgradeRequests implements Upgrades {
    /** How long a new program may take to show that it can; milliseconds. */
    private static final long PROOF_NANOS =
            TimeUnit.MILLISECONDS.toNanos(Long.getLong("papa.upgrade.proof-millis", 30_000));

    /** How long the kernel waits for what is under way, while it reads no request. */
    private static final long QUIET_NANOS =
            TimeUnit.MILLISECONDS.toNanos(Long.getLong("papa.upgrade.quiet-millis", 10_000));

    private final House house;
    private final Posix posix;
    private final int count;
    private @Nullable Course course;

    /** @param count how many there have been */
    UpgradeRequests(House house, int count) {
        this.house = house;
        this.count = count;
        this.posix = house.posix;
    }

    @Override
    public void ask(Session session, List<String> words, Reply reply) throws Refusal {
        if (course != null) {
            throw new Refusal("cannot upgrade: an upgrade is under way, to " + course.to);
        }
        house.kernel.refuseWhileEnding("upgrade");
        String to = "";
        String java = "";
        for (String word : words) {
            if (word.startsWith("to=/")) {
                to = word.substring("to=".length());
            } else if (word.startsWith("java=/")) {
                java = word.substring("java=".length());
            } else {
                throw new Refusal("cannot upgrade: " + word + " is neither to=HOME nor java=JAVA_HOME, absolute both");
            }
        }
        if (to.contains("\n") || java.contains("\n")) {
            throw new Refusal("cannot upgrade: a path with a newline is none that bin/papa works at");
        }
        if (to.isEmpty()) {
            to = Words.utf8(Optional.ofNullable(System.getProperty("circus.home"))
                    .orElseThrow(() -> new Refusal("cannot upgrade: say to=HOME; this papa was not started by bin/papa,"
                            + " so it cannot tell its own home")));
        }
        String jdk = java;
        Course begun = new Course(session, to, reply);
        course = begun;
        begun.guarded(() -> begun.begin(jdk));
    }

    /** The kernel ends: who was to take over is not to outlive it, with copies of all that it holds. */
    void end() {
        if (course != null && course.proving != null) {
            course.proving.abandon();
        }
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long longestGap() {
        return house.longestGap();
    }

    /** A memory file with a state, and what it names. */
    private record Written(int file, Set<Integer> kept) {}

    private Written write(Reply reply, String to, long quietMicros, Program own) throws Refusal {
        int file = posix.memoryFile("papa-state", 0);
        if (file < 0) {
            throw new Refusal("cannot upgrade to " + to + ": cannot make a memory file: " + Errno.of(file));
        }
        boolean whole = false;
        try (StateWriter out = new StateWriter(posix, file, Server.VERSION)) {
            WayBack.begin(out, own, house.words());
            house.save(out);
            AskedUpgrade.save(out, reply, to, quietMicros);
            WayBack.end(out);
            int failed = out.finish();
            if (failed < 0) {
                throw new Refusal("cannot upgrade to " + to + ": cannot write the state: " + Errno.of(failed));
            }
            whole = true;
            return new Written(file, out.kept());
        } catch (OutOfMemoryError none) {
            throw noMemory(to, none);
        } finally {
            if (!whole) {
                posix.close(file);
            }
        }
    }

    private static Refusal noMemory(String to, OutOfMemoryError none) {
        return new Refusal("cannot upgrade to " + to + ": no memory: " + none.getMessage() + "; nothing has changed");
    }

    /** One upgrade, from its request to the exec or to what kept it from that. */
    private final class Course implements Proving.Judge {
        private final Session session;
        private final String to;
        private final Reply reply;
        private Written shown = new Written(-1, Set.of());
        private @Nullable Proving proving;
        private @Nullable Proof proof;
        private @Nullable Program own;
        private long quietMicros;
        private EventLoop.@Nullable Timer deadline;

        private Course(Session session, String to, Reply reply) {
            this.session = session;
            this.to = to;
            this.reply = reply;
        }

        private void begin(String java) {
            try {
                house.leaveRemovedDirectory();
                own = Program.own(posix);
                shown = write(reply, to, Micros.now(), own);
            } catch (IOException unreadable) {
                failed(new Refusal("cannot upgrade to " + to + ": cannot read what this program was started with: "
                        + unreadable.getMessage() + "; nothing has changed"));
                return;
            } catch (Refusal refusal) {
                failed(refusal);
                return;
            }
            say("proving: " + to + " shows that it can take over");
            List<String> words = Handed.of(own.last(house.words())).rest();
            List<String> environment = new ArrayList<>(own.environment());
            set(environment, "CIRCUS_BUILD", "never");
            if (!java.isEmpty()) {
                set(environment, "JAVA_HOME", java);
            }
            proving = new Proving(posix, house.loop, to, this);
            proving.begin(
                    house::startHelper, to + "/bin/papa", words, environment, shown.file(), shown.kept(), PROOF_NANOS);
        }

        /** A fault in a step, for want of memory mostly, is one of the things that change nothing. */
        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException | Error fault) {
                Log.fault("a fault during an upgrade", fault);
                if (proving != null) {
                    proving.abandon();
                }
                failed(new Refusal("cannot upgrade to " + to + ": a fault in papa " + Server.VERSION + ": " + fault
                        + "; nothing has changed"));
            }
        }

        private static void set(List<String> environment, String name, String value) {
            environment.removeIf(each -> each.startsWith(name + "="));
            environment.add(name + "=" + value);
        }

        /** A person sees how far it is; a program gets the answer alone. */
        private void say(String step) {
            if (!session.isClosed() && !session.isFramed()) {
                byte[] bytes = (step + "\n").getBytes(StandardCharsets.ISO_8859_1);
                session.send(ByteBuffer.allocate(bytes.length).put(bytes));
            }
        }

        @Override
        public void proved(Proof given) {
            guarded(() -> becomeQuiet(given));
        }

        private void becomeQuiet(Proof given) {
            forget();
            proof = given;
            if (session.isClosed()) {
                failed(new Refusal("cannot upgrade to " + to + ": who asked for it has gone"));
                return;
            }
            say("quiet: papa " + given.version() + " can; no request is read until it has");
            quietMicros = Micros.now();
            house.server.pause();
            deadline = house.loop.after(QUIET_NANOS, this::notQuiet);
            house.loop.afterEachTurn(() -> guarded(this::look));
        }

        private void forget() {
            int file = shown.file();
            shown = new Written(-1, Set.of());
            if (file >= 0) {
                posix.close(file);
            }
        }

        private void notQuiet() {
            failed(new Refusal("cannot upgrade to " + to + ": something did not come to its end within "
                    + QUIET_NANOS / 1_000_000 + " ms: the start of a process that hangs, say (stats tells"
                    + " launching=); nothing has changed"));
        }

        private void look() {
            if (house.kernel.isEnding()) {
                failed(new Refusal("cannot upgrade to " + to + ": papa is ending"));
            } else if (house.kernel.isQuiet() && house.server.owedBesides(reply) == 0) {
                execute();
            }
        }

        private void execute() {
            if (proof == null || own == null) {
                return;
            }
            try {
                house.leaveRemovedDirectory();
                shown = write(reply, to, quietMicros, own);
                Program next = Takeover.resuming(proof.program(), shown.file());
                String missing = next.missing(posix); // a Java without classes could not even give papa back
                if (!missing.isEmpty()) {
                    throw new Refusal("cannot upgrade to " + to + ": " + missing
                            + " has been removed since it showed that it can; nothing has changed");
                }
                int failed = Takeover.execute(posix, next, shown.file(), shown.kept());
                failed(new Refusal("cannot upgrade to " + to + ": cannot execute " + next.path() + ": "
                        + Errno.of(failed) + "; nothing has changed"));
            } catch (Refusal refusal) {
                failed(refusal);
            }
        }

        @Override
        public void failed(Refusal refusal) {
            course = null;
            forget();
            if (deadline != null) {
                deadline.cancel();
                house.loop.afterEachTurn(() -> {});
                house.server.resume();
            }
            Log.info(Words.text(refusal.getMessage() + ""));
            reply.refused(refusal);
        }
    }
}

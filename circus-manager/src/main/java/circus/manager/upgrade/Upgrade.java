package circus.manager.upgrade;

import circus.manager.command.Upgrades.Wish;
import circus.manager.control.Descriptors;
import circus.manager.control.Endpoints;
import circus.manager.control.Incoming;
import circus.message.Version;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import papa.passing.PassingSocket;

/**
 * Has another circusd take the place of this one, up to the hand-over: a thread of its own, {@code circus-upgrade}, that may wait. Until
 * the hand-over nothing has changed; whatever fails ends the other circusd, and that is all.
 */
public final class Upgrade {
    private static final System.Logger LOG = System.getLogger(Upgrade.class.getName());
    private static final String WIRE = "wire";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** So long circus-loop may have something else to do. */
    private static final Duration LOOP_LIMIT = Duration.ofSeconds(10);

    /**
     * The manager that is to be replaced.
     *
     * @param name of the arbiter
     * @param kernel where papa is
     * @param endpoints of it, as the configuration has them, in the order of {@link Endpoints#descriptors}
     * @param words what its successor is started with
     * @param environment the same
     */
    public record Self(
            String name, Path kernel, List<String> endpoints, List<String> words, Map<String, String> environment) {}

    /** An answer to the question whether the manager has left its place. */
    public interface Exit {
        /**
         * Leaves, if nothing stands against it. Called on circus-loop.
         *
         * @return empty if the place is free; else why not yet
         */
        Optional<String> leave();
    }

    private final Wish wish;
    private final Installation to;
    private final Self self;
    private final Endpoints endpoints;
    private final Progress progress;
    private final Executor loop;
    private final Exit exit;
    private final long deadlineNanos;
    private @Nullable Process child;
    private @Nullable Wire wire;
    private boolean takesConnections;
    private volatile @Nullable Passage passage;
    private volatile long leftNanos;

    /** Why the manager cannot hand over any more; null while it can. */
    private volatile @Nullable String abandoned;

    private volatile List<Incoming> rest = List.of();

    Upgrade(Wish wish, Installation to, Self self, Endpoints endpoints, Progress progress, Executor loop, Exit exit) {
        this.wish = wish;
        this.to = to;
        this.self = self;
        this.endpoints = endpoints;
        this.progress = progress;
        this.loop = loop;
        this.exit = exit;
        this.deadlineNanos = System.nanoTime() + wish.limit().toNanos();
    }

    void start() {
        Thread thread = new Thread(this::run, "circus-upgrade");
        thread.setDaemon(true);
        thread.start();
    }

    /** A reason why the other one does not take over. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    private void run() {
        try {
            carryOut();
        } catch (Refused refused) {
            giveUp(String.valueOf(refused.getMessage()));
        } catch (IOException | RuntimeException | LinkageError failed) {
            LOG.log(Level.DEBUG, "an upgrade failed", failed);
            giveUp("cannot upgrade: " + failed.getMessage());
        }
    }

    /** The manager that was to hand over cannot do that any more. Any thread. */
    void abandon(String why) {
        abandoned = "cannot upgrade: " + why;
        Wire connection = wire;
        if (connection != null) {
            connection.close();
        }
    }

    private void giveUp(String cause) {
        String reason = abandoned == null ? cause : String.valueOf(abandoned);
        passage().ifPresent(Passage::close);
        Wire connection = wire;
        if (connection != null) {
            connection.close();
        }
        Process started = child;
        if (started != null) {
            started.destroyForcibly();
        }
        progress.failed(reason + "; nothing has changed");
        LOG.log(Level.WARNING, "the upgrade to {0} is given up: {1}; nothing has changed", to.home(), reason);
    }

    private void carryOut() throws IOException, Refused {
        if (!Files.isExecutable(to.launcher())) {
            throw new Refused("cannot upgrade to " + to.home() + ": there is no program " + to.launcher());
        }
        Path folder = Files.createTempDirectory("circusd-upgrade-");
        Path path = folder.resolve(WIRE);
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(path));
            door.configureBlocking(false);
            PassingSocket.prepare();
            Process started = launch(path);
            child = started;
            Wire connection = new Wire(accept(door, started));
            meets(started, connection);
            meet(connection, started);
            hand(accept(door, started));
            expect(connection, "ready");
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(folder);
        }
        leave();
    }

    /** The other circusd has come. */
    void meets(Process other, Wire connection) {
        child = other;
        wire = connection;
    }

    private Process launch(Path path) throws IOException {
        List<String> words = new ArrayList<>(List.of(to.launcher().toString()));
        words.addAll(self.words());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(self.environment());
        builder.environment().put(Succession.VARIABLE, path.toString());
        Process started = builder.start();
        progress.step(
                "observe",
                "circusd " + to.manager().orElse("of an unknown version") + " of " + to.home() + " starts with pid "
                        + started.pid() + " beside circusd " + Version.TEXT + " with pid "
                        + ProcessHandle.current().pid());
        return started;
    }

    /** The next connection. */
    private SocketChannel accept(ServerSocketChannel door, Process started) throws IOException, Refused {
        try (Selector selector = Selector.open()) {
            door.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                SocketChannel came = door.accept();
                if (came != null) {
                    came.configureBlocking(true);
                    return came;
                }
                if (!started.isAlive()) {
                    throw new Refused("the new circusd ended with exit code " + started.exitValue() + " (see the log)");
                }
                checkTime();
                selector.select(20);
                selector.selectedKeys().clear();
            }
        }
    }

    /** Whether there is any sense in going on. */
    private void checkTime() throws Refused {
        String why = abandoned;
        if (why != null) {
            throw new Refused(why);
        }
        if (System.nanoTime() - deadlineNanos > 0) {
            throw late();
        }
    }

    private Refused late() {
        return new Refused(
                "the new circusd does not stand ready within " + wish.limit().toSeconds() + " s");
    }

    /** What it is, and what it would do. */
    private void meet(Wire connection, Process started) throws Refused {
        Wire.Message hello = expect(connection, "hello");
        if (hello.number("protocol") != Wire.PROTOCOL) {
            throw new Refused("the new circusd, version " + hello.shown("version") + ", hands over by protocol "
                    + hello.number("protocol") + ", this one by " + Wire.PROTOCOL);
        }
        if (hello.number("pid") != started.pid()) {
            throw new Refused("somebody else than the new circusd answers: pid " + hello.number("pid"));
        }
        takesConnections = hello.truth(Succession.TAKES_CONNECTIONS);
        Wire.Message configured = expect(connection, "configured");
        same("name", self.name(), configured.shown("name"));
        same("papa_endpoint", self.kernel().toString(), configured.shown("kernel"));
        same("endpoint", self.endpoints().get(0), configured.shown("endpoint"));
        same("pubsub_endpoint", self.endpoints().get(1), configured.shown("pubsub_endpoint"));
        Wire.Message seen = expect(connection, "observed");
        String plan = seen.shown("plan");
        if (plan.isEmpty()) {
            progress.step("plan", "empty: " + seen.number("processes") + " running processes go on as they are");
            return;
        }
        progress.step("plan", plan);
        if (!wish.apply()) {
            throw new Refused("the new circusd would change what runs; upgrade with --apply, or see to it first"
                    + " (circusctl reloadconfig --plan)");
        }
    }

    private static void same(String what, String ours, String theirs) throws Refused {
        if (!ours.equals(theirs)) {
            throw new Refused("the new circusd reads another configuration: its " + what + " is " + theirs
                    + ", that of the running one " + ours);
        }
    }

    /** The sockets of the endpoints: both listen from now on, and only one accepts. */
    private void hand(SocketChannel channel) throws IOException {
        boolean isKept = false;
        try {
            List<Integer> numbers = endpoints.descriptors();
            @SuppressWarnings("resource") // The channel's, which closes it.
            PassingSocket socket = PassingSocket.of(Descriptors.number(channel));
            socket.send(
                    "endpoints".getBytes(StandardCharsets.US_ASCII),
                    numbers.stream().mapToInt(Integer::intValue).toArray());
            isKept = takesConnections;
        } finally {
            if (isKept) {
                passage = new Passage(channel);
            } else {
                channel.close();
            }
        }
    }

    private Wire.Message expect(Wire connection, String say) throws Refused {
        while (true) {
            checkTime(); // also where it never stops saying something
            Wire.Message next;
            try {
                next = connection.await(deadlineNanos);
            } catch (IOException silent) {
                checkTime();
                throw new Refused("the new circusd has gone before it stood ready (see the log)");
            }
            if (next.say().equals("failed")) {
                throw new Refused("the new circusd cannot start: " + next.shown("reason"));
            }
            if (next.say().equals(say)) {
                return next;
            }
        }
    }

    /** As soon as nothing stands against it. */
    private void leave() throws Refused {
        String obstacle = "";
        while (System.nanoTime() - deadlineNanos < 0) {
            Optional<String> against = askToLeave();
            if (against.isEmpty()) {
                return;
            }
            if (!against.get().equals(obstacle)) {
                obstacle = against.get();
                progress.step("wait", obstacle);
            }
            LockSupport.parkNanos(LOOK_NANOS);
            Process started = child;
            if (started == null || !started.isAlive()) {
                throw new Refused("the new circusd ended while it waited (see the log)");
            }
        }
        throw new Refused("the hand-over had to wait for too long: " + obstacle);
    }

    private Optional<String> askToLeave() throws Refused {
        try {
            return LoopQuestion.ask(loop, exit::leave, LOOP_LIMIT, () -> abandoned != null);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new Refused("circusd itself does not get to it: " + failed);
        }
    }

    /**
     * The manager has left; told on circus-loop, in the turn in which it did.
     *
     * @param unanswered requests that the other circusd is to answer
     */
    public void left(List<Incoming> unanswered) {
        rest = unanswered;
        progress.step("hand-over", "output is written and committed; then lease and endpoints are the new circusd's");
        leftNanos = System.nanoTime();
    }

    List<Incoming> rest() {
        return rest;
    }

    Wish wish() {
        return wish;
    }

    long leftNanos() {
        return leftNanos;
    }

    Installation to() {
        return to;
    }

    Wire wire() {
        return Objects.requireNonNull(wire);
    }

    /** By which the other one takes connections, if it does. */
    Optional<Passage> passage() {
        return Optional.ofNullable(passage);
    }

    Process child() {
        return Objects.requireNonNull(child);
    }
}

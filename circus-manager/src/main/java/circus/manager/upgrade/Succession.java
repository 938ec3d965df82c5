package circus.manager.upgrade;

import circus.manager.arbiter.ManagedSockets;
import circus.manager.command.Caller;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.control.EventPublisher;
import circus.message.Version;
import circus.options.CircusOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;
import papa.passing.Parcel;
import papa.passing.PassingSocket;

/**
 * The circusd that comes: what it tells the one whose place it takes, from its first word to the end of the probation. The first methods wait,
 * and are called one after the other by the thread that becomes circus-loop; from {@link #serve} on, all of it runs there.
 */
public final class Succession {
    /** Names the socket at which the former circusd waits; taken out of the environment before any worker sees it. */
    public static final String VARIABLE = "CIRCUSD_SUCCEEDS";

    private static final System.Logger LOG = System.getLogger(Succession.class.getName());
    private static final int MOST_DESCRIPTORS = 16;

    /** True in {@code hello}: it takes connections by {@link Passage}. An earlier release does not, and says nothing. */
    static final String TAKES_CONNECTIONS = "connections";

    /** So long may it take to end what ran on a dead kernel, and to start another one. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private static final Duration ALIVE = Duration.ofSeconds(1);

    private final Path path;
    private final Wire wire;
    private @Nullable PassingSocket passage;
    private boolean alone;
    private boolean confirmed;
    private boolean serves;

    /** Tells that this one lives, while circus-loop cannot; null while it can. */
    private @Nullable ScheduledExecutorService alive;

    private Succession(Path path, Wire wire) {
        this.path = path;
        this.wire = wire;
    }

    /**
     * Says hello, if this circusd is to take another one's place.
     *
     * @throws IOException if nobody waits there any more
     */
    public static Optional<Succession> begin(Map<String, String> environment) throws IOException {
        String given = environment.remove(VARIABLE);
        if (given == null) {
            return Optional.empty();
        }
        Path path = Path.of(given);
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        Wire wire = new Wire(channel);
        wire.send(
                "hello",
                Map.of(
                        "protocol",
                        Wire.PROTOCOL,
                        "version",
                        Version.TEXT,
                        "pid",
                        ProcessHandle.current().pid(),
                        TAKES_CONNECTIONS,
                        true));
        return Optional.of(new Succession(path, wire));
    }

    /** Looks at what runs, and tells what would become of it. */
    public void observe(CircusConfig config, Path kernel, Map<String, String> environment, Amendments amendments)
            throws PapaException, ManagedSockets.CannotOpenException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", config.name());
        fields.put("kernel", kernel.toString());
        fields.put("endpoint", config.options().get(CircusOptions.ENDPOINT));
        fields.put("pubsub_endpoint", config.options().get(CircusOptions.PUBSUB_ENDPOINT));
        wire.send("configured", fields);
        Observation seen = Observation.of(config, kernel, environment, amendments);
        wire.send("observed", Map.of("plan", seen.plan(), "processes", seen.processes()));
    }

    /** The sockets of the former one's endpoints, by their numbers in this process. */
    public List<Integer> descriptors() throws IOException {
        PassingSocket socket = PassingSocket.connect(path);
        passage = socket;
        Parcel parcel = socket.receive(64, MOST_DESCRIPTORS);
        if (parcel.descriptors().size() < 2) {
            throw new IOException(
                    "the former circusd has handed over " + parcel.descriptors().size() + " sockets");
        }
        return parcel.descriptors();
    }

    /** From now on the connections of the former one's endpoints may come, too: those that it still has at its farewell. */
    public void takeConnections(Endpoints endpoints) {
        PassingSocket socket = passage;
        if (socket == null) {
            return;
        }
        passage = null;
        Thread thread = new Thread(() -> Passage.receive(socket, endpoints), "circus-upgrade-passage");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Stands ready, and waits for its turn.
     *
     * @param progress gets what the former one knows
     * @throws IOException if that turn never comes
     */
    public void awaitTurn(Progress progress) throws IOException {
        wire.send("ready");
        while (true) {
            Wire.Message next = wire.await(System.nanoTime() + TimeUnit.DAYS.toNanos(1));
            if (next.say().equals("yours")) {
                alone = next.truth("alone");
                copy(progress, next);
                return;
            }
        }
    }

    private static void copy(Progress progress, Wire.Message from) {
        if (from.fields().get("progress") instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> report = new LinkedHashMap<>();
            map.forEach((key, value) -> report.put(String.valueOf(key), value));
            progress.copy(report);
        }
    }

    /** What becomes of the circusd that comes. Called on circus-loop. */
    public interface Heir {
        /** The former one does not take back anything any more. */
        void confirmed();

        /** Somebody has sent a signal to the former one, which is not the manager any more. */
        void signalled(String name);
    }

    /** Whether the former one would have its place again if this one ended now, and knows how: not once this one serves. */
    public boolean canBeTakenBack() {
        return !alone && !serves && !wire.isOver();
    }

    /**
     * This circusd has lost its kernel and starts another one: circus-loop waits for that, and hears nothing. The former one, which asks
     * once a second whether it is there, is told so meanwhile, up to {@link #LONGEST_PAUSE}. {@link #serve} ends it.
     */
    public void pause() {
        if (alive != null || confirmed || wire.isOver()) {
            return;
        }
        wire.bell(() -> {});
        ScheduledExecutorService telling = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "circus-upgrade-alive");
            thread.setDaemon(true);
            return thread;
        });
        alive = telling;
        long endNanos = System.nanoTime() + LONGEST_PAUSE.toNanos();
        ScheduledFuture<?> unused = telling.scheduleAtFixedRate(
                () -> {
                    if (System.nanoTime() - endNanos < 0) {
                        wire.send("pong");
                    }
                },
                0,
                ALIVE.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * From now on the former one, which has subscribers, hears what is published: from the first event on, since much may have happened
     * when this one begins to serve.
     */
    public void hears(EventPublisher publisher) {
        if (!wire.isOver()) {
            publisher.listener(event -> wire.send("event", Map.of("topic", event.topic(), "body", event.body())));
        }
    }

    /** This circusd serves, perhaps anew with another kernel: the former one passes on what reaches it. */
    public void serve(Controller controller, EventPublisher publisher, Executor loop, Progress progress, Heir heir) {
        if (alive != null) {
            alive.shutdownNow();
            alive = null;
        }
        if (!serves) {
            serves = true;
            wire.send("serving");
            if (alone) {
                progress.done("the former circusd has ended at once, since a disk does not answer it");
                confirm(heir);
            }
        }
        wire.bell(() -> loop.execute(() -> hear(controller, publisher, progress, heir)));
    }

    private void hear(Controller controller, EventPublisher publisher, Progress progress, Heir heir) {
        for (Optional<Wire.Message> next = wire.poll(); next.isPresent(); next = wire.poll()) {
            Wire.Message message = next.get();
            switch (message.say()) {
                case "request" -> take(message, controller);
                case "signal" -> heir.signalled(message.text("name"));
                case "ping" -> wire.send("pong");
                case "progress" -> copy(progress, message);
                case "confirmed" -> {
                    confirm(heir);
                    copy(progress, message);
                    wire.send("done");
                }
                default -> LOG.log(Level.DEBUG, "the former circusd says {0}", message.shown("say"));
            }
        }
        if (wire.isOver()) {
            publisher.listener(event -> {});
            wire.bell(() -> {});
            if (!confirmed) {
                LOG.log(Level.WARNING, "the former circusd has ended before the probation was over; this one goes on");
                progress.done("the former circusd has ended before the probation was over");
                confirm(heir);
            }
        }
    }

    private void take(Wire.Message message, Controller controller) {
        long number = message.number("number");
        Optional<byte[]> body = message.bytes("body");
        if (body.isEmpty()) {
            LOG.log(Level.WARNING, "the former circusd passes on a request that cannot be understood");
            return;
        }
        controller.takeRelayed(
                caller(message),
                body.get(),
                reply -> wire.send(
                        "reply",
                        Map.of("number", number, "body", Base64.getEncoder().encodeToString(reply))));
    }

    private void confirm(Heir heir) {
        if (!confirmed) {
            confirmed = true;
            heir.confirmed();
        }
    }

    private static Caller caller(Wire.Message message) {
        return new Caller(number(message, "uid"), number(message, "pid"), message.text("place"));
    }

    private static OptionalInt number(Wire.Message message, String key) {
        long number = message.number(key);
        return number < 0 ? OptionalInt.empty() : OptionalInt.of((int) number);
    }

    /** Why this circusd cannot take over. */
    public void failed(String reason) {
        wire.send("failed", Map.of("reason", reason));
        wire.drain(1_000);
        wire.close();
    }

    /** This circusd ends because somebody wants it to: nothing is to be taken back. */
    public void ending() {
        wire.send("ending");
    }

    /** Whether the former circusd has gone. */
    public boolean isOver() {
        return wire.isOver();
    }

    /** At the end. */
    public void close() {
        wire.drain(1_000);
        wire.close();
    }
}

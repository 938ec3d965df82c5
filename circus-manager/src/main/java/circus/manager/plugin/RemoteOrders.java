package circus.manager.plugin;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.command.CommandSpec;
import circus.message.Request;
import circus.plugin.PluginCallException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a plugin to a circusd elsewhere, ours or Circus's: one after the other over one connection, in the order in which they were
 * given. Where circusd is away they wait for it, however long that takes. A cast is asked for an answer too: so its refusal is told, and what
 * Circus refuses since another command is under way is tried again.
 *
 * <p>A thread of its own sends; {@link #cast} waits for nothing.
 */
public final class RemoteOrders implements Orders, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RemoteOrders.class.getName());

    /** Casts that may wait while circusd is away or busy. */
    private static final int MOST_WAITING = 10_000;

    /** As long as circusd is there it may take as long as it likes. */
    private static final Duration TO_ANSWER = Duration.ofDays(30);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration MOST_PAUSES = Duration.ofMinutes(10);
    private static final Duration TO_CLOSE = Duration.ofSeconds(2);

    /** How Circus begins what it says of another command under way; its number stands for other failures too. */
    private static final String BUSY = "arbiter is already running";

    /** @param answer null where nobody waits */
    private record Order(
            String command,
            Map<String, @Nullable Object> properties,
            @Nullable CompletableFuture<Answer> answer) {}

    /** No other order has its answer. */
    private static final Order END = new Order("", Map.of(), new CompletableFuture<>());

    private final String plugin;
    private final CircusClient circusd;
    private final BlockingQueue<Order> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread sender;

    /**
     * @param plugin the name of its watcher
     * @param circusd closed with this
     */
    public RemoteOrders(String plugin, CircusClient circusd) {
        this.plugin = plugin;
        this.circusd = circusd;
        this.sender = new Thread(this::send, "circus-orders");
        sender.setDaemon(true);
        sender.start();
    }

    @Override
    public Map<String, @Nullable Object> call(String command, Map<String, ?> properties)
            throws PluginCallException, InterruptedException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        waiting.put(new Order(command, copy(properties), answer));
        try {
            return answer.get().fields();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            String message = cause.getMessage();
            throw new PluginCallException(message == null ? cause.toString() : message);
        }
    }

    @Override
    public void cast(String command, Map<String, ?> properties) {
        if (!waiting.offer(new Order(command, copy(properties), null))) {
            LOG.log(
                    Level.ERROR,
                    "{0}: {1} is not carried out: {2} commands wait already",
                    plugin,
                    command,
                    String.valueOf(MOST_WAITING));
        }
    }

    private static Map<String, @Nullable Object> copy(Map<String, ?> properties) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    private void send() {
        try {
            while (true) {
                Order order = waiting.take();
                if (order.equals(END)) {
                    return;
                }
                carryOut(order);
            }
        } catch (InterruptedException closed) {
            LOG.log(Level.DEBUG, "{0}: {1} commands were not sent", plugin, waiting.size());
        } finally {
            circusd.close();
        }
    }

    private void carryOut(Order order) throws InterruptedException {
        try {
            Answer answer = answer(order);
            if (order.answer() != null) {
                boolean unused = order.answer().complete(answer);
            } else if (answer.isError()) {
                LOG.log(Level.WARNING, "{0}: {1} was refused: {2}", plugin, order.command(), answer.reason());
            }
        } catch (CallException failed) {
            if (order.answer() != null) {
                boolean unused = order.answer().completeExceptionally(failed);
            } else {
                LOG.log(Level.WARNING, "{0}: {1}", plugin, failed.getMessage());
            }
            if (failed.isInterrupted()) {
                throw new InterruptedException();
            }
        } catch (RuntimeException
                | Error mistake) { // As of a property that no message can hold: others are still to be sent.
            if (order.answer() != null) {
                boolean unused = order.answer().completeExceptionally(mistake);
            } else {
                LOG.log(Level.ERROR, plugin + ": " + order.command() + " is not carried out", mistake);
            }
        }
    }

    private Answer answer(Order order) throws CallException, InterruptedException {
        long last = System.nanoTime() + MOST_PAUSES.toNanos();
        while (true) {
            Answer answer = onceThere(order);
            if (!answer.isError() || !answer.reason().startsWith(BUSY) || System.nanoTime() > last) {
                return answer;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** What only looks is asked again where the answer got lost, as when circusd was killed; of anything else it is not known what became of it. */
    private Answer onceThere(Order order) throws CallException {
        while (true) {
            awaitCircusd();
            try {
                return circusd.call(
                        new Request(CircusClient.freshId(), order.command(), order.properties(), false), TO_ANSWER);
            } catch (CallException lost) {
                boolean looks = CommandSpec.find(order.command())
                        .filter(command -> !command.changes(order.properties()))
                        .isPresent();
                if (!lost.isLost() || !looks) {
                    throw lost;
                }
            }
        }
    }

    private void awaitCircusd() throws CallException {
        boolean isTold = false;
        while (true) {
            try {
                circusd.awaitPeer(LOOK);
                return;
            } catch (CallException failed) {
                if (!failed.isAbsent()) {
                    throw failed;
                }
                if (!isTold) {
                    LOG.log(Level.WARNING, "{0}: {1}; it is waited for", plugin, failed.getMessage());
                    isTold = true;
                }
            }
        }
    }

    /** Sends what waits, if that does not take long. */
    @Override
    public void close() {
        boolean unused = waiting.offer(END);
        try {
            sender.join(TO_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        sender.interrupt();
    }
}

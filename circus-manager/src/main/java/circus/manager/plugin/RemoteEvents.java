package circus.manager.plugin;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.message.Event;
import circus.message.EventKind;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.Request;
import circus.plugin.PluginEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a circusd elsewhere, ours or Circus's, as its publisher tells it. Topics have the names of watchers in a form of their own,
 * so circusd is asked what they are called. Who does not answer is waited for, without end; what happens meanwhile is not heard of.
 *
 * <p>One thread, which calls {@link #listen}.
 */
public final class RemoteEvents implements EventListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RemoteEvents.class.getName());
    private static final Duration TO_ANSWER = Duration.ofSeconds(5);

    private static final int MOST_FAILURES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Whatever ended after that had begun well. */
    private static final Duration LASTING = Duration.ofSeconds(5);

    /** Of those that were removed it has to forget some time. */
    private static final int MOST_NAMES = 20_000;

    private static final List<String> TOPICS = List.of("watcher.");

    private final CircusClient publisher;
    private final CircusClient circusd;
    private final Consumer<PluginEvent> listener;

    /** From the form of topics; those that were removed stay, since their processes end later. */
    private final Map<String, String> names = new HashMap<>();

    private boolean isAway;

    /**
     * @param publisher where events are published; closed with this
     * @param circusd where watchers are asked for; closed with this
     */
    public RemoteEvents(CircusClient publisher, CircusClient circusd, Consumer<PluginEvent> listener) {
        this.publisher = publisher;
        this.circusd = circusd;
        this.listener = listener;
    }

    /**
     * Returns never but by an exception.
     *
     * @throws CallException the thread was interrupted, or what is there is no publisher of events, or none that lets this one in; that is
     *     tried some times, since one that starts or ends may look like that
     */
    public void listen() throws CallException {
        int failures = 0;
        while (true) {
            long begun = System.nanoTime();
            try {
                publisher.subscribe(TOPICS, this);
            } catch (CallException failed) {
                failures = System.nanoTime() - begun > LASTING.toNanos() ? 1 : failures + 1;
                if (failed.isInterrupted() || failures == MOST_FAILURES) {
                    throw failed;
                }
                LOG.log(Level.WARNING, "{0}; it is tried again", failed.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    @Override
    public boolean event(String topic, byte[] body) {
        if (isAway) {
            isAway = false;
            LOG.log(Level.INFO, "circusd is there again");
        }
        String action = Event.kindOf(topic);
        String watcher = Event.watcherOf(topic);
        if (watcher.isEmpty()) {
            return true;
        }
        try {
            Map<String, @Nullable Object> message = Json.readObject(body);
            listener.accept(new PluginEvent(name(watcher, action), action, message));
        } catch (JsonException notOurs) {
            LOG.log(Level.WARNING, "an event of {0} cannot be read: {1}", topic, notOurs.getMessage());
        }
        return true;
    }

    @Override
    public boolean waiting(String reason) {
        isAway = true;
        names.clear();
        LOG.log(Level.WARNING, "circusd publishes no events: {0}; it is waited for", reason);
        return true;
    }

    private String name(String inTopic, String action) {
        if (!names.containsKey(inTopic) || action.equals(EventKind.ADD.word())) {
            if (names.size() > MOST_NAMES) {
                names.clear();
            }
            ask();
        }
        // Whoever was removed meanwhile is unknown, and stays so.
        return names.computeIfAbsent(inTopic, unknown -> unknown);
    }

    /** {@code list} would tell the names in lower case. */
    private void ask() {
        try {
            Answer answer = circusd.call(new Request(CircusClient.freshId(), "status", Map.of(), false), TO_ANSWER);
            if (answer.fields().get("statuses") instanceof Map<?, ?> statuses) {
                for (Object name : statuses.keySet()) {
                    names.put(Event.inTopic(name.toString()), name.toString());
                }
            }
        } catch (CallException silent) {
            LOG.log(Level.WARNING, "the names of watchers are not known: {0}", silent.getMessage());
        }
    }

    @Override
    public void close() {
        publisher.close();
        circusd.close();
    }
}

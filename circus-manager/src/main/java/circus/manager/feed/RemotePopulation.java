package circus.manager.feed;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.manager.config.StatsWatcher;
import circus.message.Event;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.Request;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those whom another circusd has, ours or Circus's: asked for at the beginning, and again whenever its events were not heard for a while;
 * after that by the events that tell of starts and ends. Of its sockets nothing is known but to itself, so nothing is told of them.
 *
 * <p>The events are listened to on a thread of its own; all methods may be called on any thread.
 */
public final class RemotePopulation implements Source, EventListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RemotePopulation.class.getName());
    private static final Duration TO_ANSWER = Duration.ofSeconds(5);
    private static final String CONSOLE = "circushttpd";
    private static final String FIRST = "watcher.";

    private final CircusClient control;
    private final CircusClient events;

    // ---- guarded by this
    private final Map<String, Set<Integer>> watchers = new LinkedHashMap<>();
    private final Map<Integer, String> daemons = new LinkedHashMap<>();
    private boolean isKnown;
    private boolean isTold;
    private boolean closed;

    /**
     * @param control for requests; closed with this
     * @param events for what happens; closed with this
     */
    public RemotePopulation(CircusClient control, CircusClient events) {
        this.control = control;
        this.events = events;
        Thread thread = new Thread(this::listen, "circus-events");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try {
            events.subscribe(List.of(FIRST), this);
        } catch (CallException unusable) {
            LOG.log(Level.ERROR, "{0}", unusable.getMessage());
        }
    }

    @Override
    public Population look(boolean sockets) {
        if (!isKnown()) {
            ask();
        }
        return now();
    }

    private synchronized boolean isKnown() {
        return isKnown;
    }

    private synchronized Population now() {
        Map<String, List<Integer>> told = new LinkedHashMap<>();
        watchers.forEach((watcher, pids) -> {
            // Of an end no event may tell (Circus publishes none for those that decr ends).
            pids.removeIf(pid -> !Files.exists(Path.of("/proc/" + pid)));
            told.put(watcher, List.copyOf(pids));
        });
        return new Population(told, Map.copyOf(daemons), List.of());
    }

    /** What happens while it is asked counts. */
    private void ask() {
        synchronized (this) {
            watchers.clear();
            daemons.clear();
            isKnown = true;
        }
        try {
            List<String> names = texts(call("list", Map.of()).fields().get("watchers"));
            for (String name : names) {
                if (!name.equals(StatsWatcher.NAME) && !name.equals(CONSOLE) && !name.equals("circusd")) {
                    pids(name).forEach(pid -> began(Event.inTopic(name), pid));
                }
            }
            Map<Integer, String> found = daemons(names);
            synchronized (this) {
                daemons.putAll(found);
                isTold = false;
            }
            LOG.log(Level.DEBUG, "{0} watchers", String.valueOf(names.size()));
        } catch (CallException silent) {
            synchronized (this) {
                isKnown = false;
                if (isTold || closed) {
                    return;
                }
                isTold = true;
            }
            LOG.log(
                    Level.WARNING,
                    "nothing is known of circusd; it is asked again every second: {0}",
                    silent.isTimedOut() ? "it does not answer" : silent.getMessage());
        }
    }

    private Map<Integer, String> daemons(List<String> names) throws CallException {
        Map<Integer, String> found = new LinkedHashMap<>();
        found.put((int) ProcessHandle.current().pid(), StatsWatcher.NAME);
        if (call("dstats", Map.of()).fields().get("info") instanceof Map<?, ?> info
                && info.get("pid") instanceof Number pid) {
            found.put(pid.intValue(), "circusd");
        }
        if (names.contains(CONSOLE)) {
            List<Integer> pids = pids(CONSOLE);
            if (pids.size() == 1) {
                found.put(pids.get(0), CONSOLE);
            }
        }
        return found;
    }

    private List<Integer> pids(String watcher) throws CallException {
        List<Integer> pids = new ArrayList<>();
        if (call("list", Map.of("name", watcher)).fields().get("pids") instanceof List<?> found) {
            for (Object pid : found) {
                if (pid instanceof Number number) {
                    pids.add(number.intValue());
                }
            }
        }
        return pids;
    }

    private static List<String> texts(@Nullable Object list) {
        List<String> texts = new ArrayList<>();
        if (list instanceof List<?> found) {
            found.forEach(each -> texts.add(String.valueOf(each).toLowerCase(Locale.ROOT)));
        }
        return texts;
    }

    private Answer call(String command, Map<String, @Nullable Object> properties) throws CallException {
        return control.call(new Request(CircusClient.freshId(), command, properties, false), TO_ANSWER);
    }

    @Override
    public boolean event(String topic, byte[] body) {
        String watcher = Event.watcherOf(topic);
        switch (Event.kindOf(topic)) {
            case "spawn" -> pid(body).ifPresent(pid -> began(watcher, pid));
            case "reap", "exit" -> pid(body).ifPresent(pid -> ended(watcher, pid));
            case "stop" -> stopped(watcher);
            default -> {}
        }
        return !isClosed();
    }

    @Override
    public boolean waiting(String reason) {
        synchronized (this) {
            isKnown = false;
        }
        return !isClosed();
    }

    private static Optional<Integer> pid(byte[] body) {
        try {
            return Json.readObject(body).get("process_pid") instanceof Number pid
                    ? Optional.of(pid.intValue())
                    : Optional.empty();
        } catch (JsonException notOurs) {
            LOG.log(Level.DEBUG, "an event cannot be read", notOurs);
            return Optional.empty();
        }
    }

    private synchronized void began(String watcher, int pid) {
        if (!watcher.equals(StatsWatcher.NAME) && !watcher.equals(CONSOLE)) {
            watchers.computeIfAbsent(watcher, unused -> new LinkedHashSet<>()).add(pid);
        }
    }

    private synchronized void ended(String watcher, int pid) {
        Set<Integer> pids = watchers.get(watcher);
        if (pids != null) {
            pids.remove(pid);
        }
    }

    private synchronized void stopped(String watcher) {
        Set<Integer> pids = watchers.get(watcher);
        if (pids != null) {
            pids.clear();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        events.close();
        control.close();
    }
}

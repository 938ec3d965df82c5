package circus.manager.arbiter;

import circus.manager.watcher.Clock;
import circus.manager.watcher.Reconciler;
import circus.message.Event;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Publishes events, those of a watcher in the order in which they happened. The end of a process is told when its last words are in its log,
 * so that whoever hears of it finds them there; that takes a millisecond or two, and is given up after a second. Only what is published
 * waits for it, and only of the same watcher. What is held back is what happens to a watcher within that second. Runs on circus-loop only.
 */
public final class Gazette implements Reconciler {
    private static final System.Logger LOG = System.getLogger(Gazette.class.getName());

    /** A descendant may have the pipe open for days, and a disk may hang. */
    static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

    /** What is to be done when its time has come, behind all that was there before it. */
    private static final class Item {
        final Runnable action;
        final long deadlineNanos;
        boolean isReady;

        Item(Runnable action, long deadlineNanos, boolean isReady) {
            this.action = action;
            this.deadlineNanos = deadlineNanos;
            this.isReady = isReady;
        }
    }

    private final Clock clock;
    private final Consumer<Event> publisher;
    private final LastWords lastWords;
    private final Agenda agenda;

    /** By watcher, in lower case; only those of which something waits, and an end comes first in each. */
    private final Map<String, Deque<Item>> waiting = new LinkedHashMap<>();

    private final List<Runnable> whenQuiet = new ArrayList<>();
    private long quietDeadlineNanos = NEVER;

    Gazette(Clock clock, Consumer<Event> publisher, LastWords lastWords, Agenda agenda) {
        this.clock = clock;
        this.publisher = publisher;
        this.lastWords = lastWords;
        this.agenda = agenda;
    }

    void publish(Event event) {
        Deque<Item> before = waiting.get(key(event.watcher()));
        if (before == null) {
            publisher.accept(event);
        } else {
            before.add(new Item(() -> publisher.accept(event), 0, true));
        }
    }

    /** See {@link circus.manager.watcher.Surroundings#afterLastWords}. */
    void afterLastWords(String watcher, long incarnation, Runnable then) {
        String key = key(watcher);
        Item item = new Item(then, clock.nanos() + LONGEST_WAIT_NANOS, false);
        waiting.computeIfAbsent(key, first -> new ArrayDeque<>()).add(item);
        agenda.changed(this);
        lastWords.await(incarnation, () -> {
            item.isReady = true;
            tell(key);
            quietNow();
        });
    }

    private static String key(String watcher) {
        return watcher.toLowerCase(Locale.ROOT);
    }

    /** Does what is ready, in order. What it publishes itself is told at once, and so stands in front of the rest. */
    private void tell(String key) {
        Deque<Item> items = waiting.remove(key);
        while (items != null && !items.isEmpty() && items.element().isReady) {
            act(items.remove());
        }
        if (items != null && !items.isEmpty()) {
            Deque<Item> added = waiting.put(key, items);
            if (added != null) {
                items.addAll(added);
            }
        }
    }

    /** A mistake in one thing must not take the others along. */
    private static void act(Item item) {
        try {
            item.action.run();
        } catch (RuntimeException mistake) {
            LOG.log(Level.ERROR, "what was to be published failed; everything else goes on", mistake);
        }
    }

    /** Gives up what has waited long enough. */
    @Override
    public long step(long now) {
        long next = NEVER;
        for (String key : List.copyOf(waiting.keySet())) {
            for (Item item : waiting.getOrDefault(key, new ArrayDeque<>())) {
                item.isReady |= item.deadlineNanos <= now;
            }
            tell(key);
        }
        for (Deque<Item> items : waiting.values()) {
            next = Math.min(next, items.element().deadlineNanos);
        }
        if (quietDeadlineNanos <= now) {
            tellAll();
            return NEVER;
        }
        quietNow();
        return Math.min(next, quietDeadlineNanos);
    }

    /** Has this done when nothing waits: at once, or within a second, whatever else happens meanwhile. */
    public void whenQuiet(Runnable action) {
        whenQuiet.add(action);
        quietDeadlineNanos = Math.min(quietDeadlineNanos, clock.nanos() + LONGEST_WAIT_NANOS);
        agenda.changed(this);
        quietNow();
    }

    private void quietNow() {
        if (waiting.isEmpty()) {
            List<Runnable> actions = List.copyOf(whenQuiet);
            whenQuiet.clear();
            quietDeadlineNanos = NEVER;
            actions.forEach(Runnable::run);
        }
    }

    /** Waits for nothing any more. */
    public void tellAll() {
        for (String key : List.copyOf(waiting.keySet())) {
            waiting.getOrDefault(key, new ArrayDeque<>()).forEach(item -> item.isReady = true);
            tell(key);
        }
        quietNow();
    }
}

package circus.tests.harness;

import circus.client.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client that sets an option of a watcher to the next number and reads it, again and again, whatever becomes of circusd. What was
 * acknowledged must hold from then on; what got no answer may, or may not. How long each reading waited, retries included, is noted. One
 * other thread uses it.
 */
public final class Commander implements AutoCloseable {
    private static final Duration TO_ANSWER = Duration.ofSeconds(2);
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = 20_000_000;

    /** It has no effect on who runs. */
    private static final String OPTION = "max_retry";

    private final Circus circus;
    private final String watcher;
    private final Background thread;
    private final List<Long> waits = new ArrayList<>();
    private final Set<Long> open = new TreeSet<>();
    private long tried;
    private long acknowledged;

    private Commander(Circus circus, String watcher) {
        this.circus = circus;
        this.watcher = watcher;
        thread = Background.start("commander", this::step);
    }

    public static Commander start(Circus circus, String watcher) {
        return new Commander(circus, watcher);
    }

    private void step() {
        tried++;
        Map<String, @Nullable Object> order =
                Map.of("name", watcher, "options", Map.<String, @Nullable Object>of(OPTION, tried));
        Optional<Answer> set = circus.ask("set", order, TO_ANSWER);
        if (set.filter(answer -> "ok".equals(answer.fields().get("status"))).isPresent()) {
            acknowledged = tried;
        } else {
            // It may still be carried out, later than what follows here; or it was, and an error says that nobody
            // knows.
            open.add(tried);
        }
        long began = System.nanoTime();
        long value = read(began);
        synchronized (waits) {
            waits.add(System.nanoTime() - began);
        }
        if (acknowledged > 0 && value != acknowledged && !open.contains(value)) {
            throw new AssertionError(OPTION + " of " + watcher + " is " + value + "; " + acknowledged
                    + " was acknowledged last, and there was no answer to " + open);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private long read(long began) {
        while (true) {
            Optional<Answer> got = circus.ask("get", Map.of("name", watcher, "keys", List.of(OPTION)), TO_ANSWER);
            if (got.isPresent()
                    && got.get().fields().get("options") instanceof Map<?, ?> options
                    && options.get(OPTION) instanceof Number number) {
                return number.longValue();
            }
            if (System.nanoTime() - began > MOST_PATIENCE.toNanos()) {
                throw new AssertionError("no answer for " + MOST_PATIENCE + ", but: " + got);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Fails where something that was acknowledged did not hold. */
    public void check() {
        thread.check();
    }

    /** Nanoseconds that each command waited for its answer, so far. */
    public List<Long> waits() {
        synchronized (waits) {
            return List.copyOf(waits);
        }
    }

    /** Ends it; fails where something that was acknowledged did not hold. */
    public void stop() {
        thread.stop();
    }

    @Override
    public void close() {
        thread.close();
    }
}

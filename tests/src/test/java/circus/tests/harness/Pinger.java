package circus.tests.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import papa.client.KernelChannel;
import papa.client.PapaException;

/** A client that asks for a value every millisecond, one request after the other, and notes which had to wait. */
public final class Pinger implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long INTERVAL_NANOS = 1_000_000;
    private static final long NOTABLE_NANOS = 5_000_000;

    private final KernelChannel channel;
    private final Background thread;
    private final List<Wait> waits = new ArrayList<>();
    private long next = System.nanoTime();
    private final AtomicLong asked = new AtomicLong();

    private record Wait(long began, long ended) {}

    private Pinger(Path socket) throws PapaException {
        channel = KernelChannel.open(socket, frame -> {});
        channel.call(List.of("set", "ping", "pong"), LIMIT);
        thread = Background.start("pinger", this::ping);
    }

    public static Pinger start(Path socket) throws PapaException {
        return new Pinger(socket);
    }

    private void ping() throws PapaException {
        long wait = next - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
        long began = System.nanoTime();
        String answer = channel.call(List.of("get", "ping"), LIMIT);
        long ended = System.nanoTime();
        if (!answer.equals("pong")) {
            throw new AssertionError("the value of ping is " + answer);
        }
        asked.incrementAndGet();
        next = Math.max(next + INTERVAL_NANOS, ended);
        if (ended - began >= NOTABLE_NANOS) {
            synchronized (waits) {
                waits.add(new Wait(began, ended));
            }
        }
    }

    /** The longest that a request waited which was under way after {@code from}, of {@link System#nanoTime}; 0 below 5 ms. */
    public long longestNanos(long from) {
        synchronized (waits) {
            return waits.stream()
                    .filter(wait -> wait.ended >= from)
                    .mapToLong(wait -> wait.ended - wait.began)
                    .max()
                    .orElse(0);
        }
    }

    /** How many requests have been answered. */
    public long asked() {
        return asked.get();
    }

    public void check() {
        thread.check();
    }

    public void stop() {
        thread.stop();
        channel.close();
    }

    @Override
    public void close() {
        thread.close();
    }
}

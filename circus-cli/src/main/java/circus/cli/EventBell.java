package circus.cli;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.curve.KeyFileException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rings when something is published. A thread of its own subscribes; what it hears is only that there is something to ask for, so nothing is
 * missed or doubled whatever becomes of the subscription. Used by one thread.
 */
final class EventBell implements AutoCloseable {
    private static final List<String> EVERYTHING = List.of("");

    /** So often it is worth while to ask though nothing was heard: a subscription may not be there yet, or not come about at all. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final Semaphore rings = new Semaphore(0);
    private final Route route;
    private String endpoint = "";
    private @Nullable Thread listener;

    EventBell(Route route) {
        this.route = route;
    }

    /** Listens here from now on. */
    void at(String published) {
        if (!published.equals(endpoint)) {
            close();
            endpoint = published;
            Thread started = new Thread(() -> listen(published), "circusctl-events");
            started.setDaemon(true);
            started.start();
            listener = started;
        }
    }

    private void listen(String published) {
        try (CircusClient events = route.client(published)) {
            events.subscribe(EVERYTHING, (topic, body) -> {
                if (rings.availablePermits() == 0) {
                    rings.release();
                }
                return true;
            });
        } catch (CallException | KeyFileException | IllegalArgumentException notThere) {
            // Who waits asks from time to time all the same.
        }
    }

    /** Returns when it has rung since the last call, and now and then. */
    void await() throws InterruptedException {
        boolean unused = rings.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        rings.drainPermits();
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.interrupt();
            listener = null;
        }
    }
}

package circus.top;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.curve.KeyFile;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Subscribes to the feed and tells each message, for as long as the program runs. */
final class FeedThread implements Runnable {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final String endpoint;
    private final @Nullable KeyFile keys;
    private final Happenings happenings;

    private FeedThread(String endpoint, @Nullable KeyFile keys, Happenings happenings) {
        this.endpoint = endpoint;
        this.keys = keys;
        this.happenings = happenings;
    }

    static void start(String endpoint, @Nullable KeyFile keys, Happenings happenings) {
        Thread thread = new Thread(new FeedThread(endpoint, keys, happenings), "feed");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        while (true) {
            try (CircusClient client = new CircusClient(endpoint, keys)) {
                client.subscribe(List.of(StatMessage.PREFIX), new EventListener() {
                    @Override
                    public boolean event(String topic, byte[] body) {
                        return StatMessage.read(topic, body)
                                .map(message -> happenings.tell(new Happening.Told(message)))
                                .orElse(true);
                    }

                    @Override
                    public boolean waiting(String reason) {
                        return happenings.tell(new Happening.Lost(reason));
                    }
                });
                return;
            } catch (CallException unusable) {
                if (!happenings.tell(new Happening.Lost(String.valueOf(unusable.getMessage())))) {
                    return;
                }
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }
}

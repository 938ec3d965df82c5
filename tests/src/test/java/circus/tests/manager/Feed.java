package circus.tests.manager;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.message.Json;
import circus.message.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Listens to a feed of statistics until it is closed, on a thread of its own; whoever publishes may come and go. Any thread reads. */
final class Feed implements AutoCloseable {
    record Message(String topic, Map<String, @Nullable Object> payload) {}

    private final List<Message> messages = new ArrayList<>();
    private volatile boolean closed;

    Feed(String endpoint, String... topics) {
        Thread thread = new Thread(() -> listen(endpoint, List.of(topics)), "feed of " + endpoint);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen(String endpoint, List<String> topics) {
        try (CircusClient client = new CircusClient(endpoint)) {
            client.subscribe(topics, new EventListener() {
                @Override
                public boolean event(String topic, byte[] body) {
                    add(topic, body);
                    return !closed;
                }

                @Override
                public boolean waiting(String reason) {
                    return !closed;
                }
            });
        } catch (CallException unusable) {
            throw new AssertionError(unusable);
        }
    }

    private synchronized void add(String topic, byte[] body) {
        try {
            messages.add(new Message(topic, Json.readObject(body)));
        } catch (JsonException notJson) {
            throw new AssertionError(notJson);
        }
    }

    synchronized List<Message> all() {
        return List.copyOf(messages);
    }

    List<Message> of(String topic) {
        return all().stream().filter(each -> each.topic().equals(topic)).toList();
    }

    /** From now on, what has come so far does not count. */
    synchronized void forget() {
        messages.clear();
    }

    @Override
    public void close() {
        closed = true;
    }
}

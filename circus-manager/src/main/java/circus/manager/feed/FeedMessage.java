package circus.manager.feed;

import circus.manager.feed.Population.SocketHits;
import circus.message.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One message of the feed: two frames. Pure functions make them; the keys and their order are those of the contract (events-and-stats.md, 3).
 */
final class FeedMessage {
    private static final String FIRST = "stat.";
    private static final String NOT_AVAILABLE = "N/A";

    /** The group of circusd itself. */
    static final String DAEMONS = FIRST + "circus";

    static final String SOCKETS = FIRST + "sockets";

    private final String topic;
    private final byte[] body;

    private FeedMessage(String topic, byte[] body) {
        this.topic = topic;
        this.body = body;
    }

    String topic() {
        return topic;
    }

    byte[] body() {
        return body;
    }

    byte[] topicBytes() {
        return topic.getBytes(StandardCharsets.UTF_8);
    }

    private static FeedMessage of(String topic, Map<String, @Nullable Object> payload) {
        return new FeedMessage(topic, Json.bytes(payload));
    }

    /** @param watcher as topics have it */
    static String topicOf(String watcher) {
        return FIRST + watcher;
    }

    /**
     * Each process of a group, then all of them together. Each is looked at when its turn comes, so that no more than one of the info objects
     * is kept at a time.
     *
     * @param names by pid, where they have any
     * @param look the info object of a process, which becomes what is told of it; null if it has gone
     * @param wanted which topics count; of the others nothing is made
     */
    static void group(
            String topic,
            List<Integer> pids,
            Map<Integer, String> names,
            IntFunction<@Nullable Map<String, @Nullable Object>> look,
            Predicate<String> wanted,
            List<FeedMessage> into) {
        Together together = new Together();
        for (int pid : pids) {
            Map<String, @Nullable Object> info = look.apply(pid);
            if (info != null) {
                together.add(info);
                one(topic + "." + pid, pid, names.get(pid), info, wanted, into);
            }
        }
        if (wanted.test(topic)) {
            into.add(of(topic, together.payload()));
        }
    }

    private static void one(
            String topic,
            int pid,
            @Nullable String name,
            Map<String, @Nullable Object> info,
            Predicate<String> wanted,
            List<FeedMessage> into) {
        if (wanted.test(topic)) {
            info.put("subtopic", pid);
            info.put("name", name);
            into.add(of(topic, info));
        }
    }

    /** The mean of what they take of a processor, the sum of their memory, the age of the oldest. */
    private static final class Together {
        private final List<@Nullable Object> pids = new ArrayList<>();
        private double cpu;
        private double memory;
        private double age = Double.NEGATIVE_INFINITY;
        private boolean cpuKnown = true;
        private boolean memoryKnown = true;

        void add(Map<String, @Nullable Object> info) {
            pids.add(info.get("pid"));
            if (info.get("cpu") instanceof Double share) {
                cpu += share;
            } else {
                cpuKnown = false;
            }
            if (info.get("mem") instanceof Double share) {
                memory += share;
            } else {
                memoryKnown = false;
            }
            if (info.get("age") instanceof Double seconds) {
                age = Math.max(age, seconds);
            }
        }

        Map<String, @Nullable Object> payload() {
            Map<String, @Nullable Object> payload = new LinkedHashMap<>();
            boolean nobody = pids.isEmpty();
            payload.put("pid", pids);
            payload.put("cpu", !cpuKnown ? NOT_AVAILABLE : nobody ? (Object) 0.0 : cpu / pids.size());
            payload.put("mem", !memoryKnown ? NOT_AVAILABLE : nobody ? (Object) 0 : memory);
            payload.put("age", age < 0 ? NOT_AVAILABLE : (Object) age);
            return payload;
        }
    }

    /** Each socket, then all of them; nothing where there are none. */
    static void sockets(List<SocketHits> sockets, Predicate<String> wanted, List<FeedMessage> into) {
        if (sockets.isEmpty()) {
            return;
        }
        for (SocketHits socket : sockets) {
            String own = SOCKETS + "." + socket.descriptor();
            if (!wanted.test(own)) {
                continue;
            }
            Map<String, @Nullable Object> payload = new LinkedHashMap<>();
            payload.put("fd", socket.descriptor());
            payload.put("subtopic", socket.descriptor());
            payload.put("reads", socket.hits());
            payload.put("address", socket.address());
            into.add(of(own, payload));
        }
        if (!wanted.test(SOCKETS)) {
            return;
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("addresses", sockets.stream().map(SocketHits::address).toList());
        all.put("reads", sockets.stream().mapToLong(SocketHits::hits).sum());
        into.add(of(SOCKETS, all));
    }
}

package circus.manager.recall;

import circus.manager.watcher.Death;
import circus.message.Json;
import circus.message.JsonException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;
import papa.wire.Usage;

/** The latest ends of workers: of each watcher five, two hundred in all. Guarded by the {@link Recall} that has it. */
final class Deaths {
    static final int MOST_OF_ONE = 5;
    static final int MOST_OF_ALL = 200;
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e6;
    private static final String MOST = "max_rss";
    private static final String NOT_MORE = "max_rss_below";
    private static final long KIB = 1024;

    private final Map<Long, Death> byIncarnation = new LinkedHashMap<>();

    /** What was told of somebody first holds. Whether it is news. */
    boolean add(Death death) {
        if (byIncarnation.putIfAbsent(death.incarnation(), death) != null) {
            return false;
        }
        String watcher = key(death);
        long ofOne = byIncarnation.values().stream()
                .filter(each -> key(each).equals(watcher))
                .count();
        if (ofOne > MOST_OF_ONE) {
            forgetFirst(each -> key(each).equals(watcher));
        } else if (byIncarnation.size() > MOST_OF_ALL) {
            forgetFirst(each -> true);
        }
        return true;
    }

    private void forgetFirst(Predicate<Death> which) {
        Iterator<Death> oldestFirst = byIncarnation.values().iterator();
        while (oldestFirst.hasNext()) {
            if (which.test(oldestFirst.next())) {
                oldestFirst.remove();
                return;
            }
        }
    }

    private static String key(Death death) {
        return death.watcher().toLowerCase(Locale.ROOT);
    }

    boolean has(long incarnation) {
        return byIncarnation.containsKey(incarnation);
    }

    /** The last one of each watcher, by its name in lower case. */
    Map<String, Death> last() {
        Map<String, Death> last = new LinkedHashMap<>();
        byIncarnation.values().forEach(each -> last.put(key(each), each));
        return last;
    }

    List<Death> all() {
        return List.copyOf(byIncarnation.values());
    }

    /**
     * Those of a watcher, or of one of its workers, the latest first.
     *
     * @param name {@code web} or {@code web.1}
     */
    List<Death> of(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<Death> found = new ArrayList<>();
        for (Death death : byIncarnation.values()) {
            if (wanted.equals(key(death)) || wanted.equals(key(death) + "." + death.wid())) {
                found.add(death);
            }
        }
        Collections.reverse(found);
        return found;
    }

    static byte[] encode(Death death) {
        Map<String, @Nullable Object> json = toJson(death);
        json.put("incarnation", death.incarnation());
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }

    /** As a reply has it. */
    static Map<String, @Nullable Object> toJson(Death death) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("watcher", death.watcher());
        json.put("wid", (long) death.wid());
        json.put("pid", (long) death.pid());
        json.put("started", seconds(death.started()));
        json.put("ended", seconds(death.ended()));
        json.put("exit_code", death.known());
        json.put("reason", death.reason());
        json.put("command", death.command().isEmpty() ? null : death.command());
        json.put("by", death.by().isEmpty() ? null : death.by());
        json.put("resources", resources(death.usage()));
        return json;
    }

    /** Seconds and bytes, as all figures of replies. */
    private static @Nullable Map<String, @Nullable Object> resources(@Nullable Usage usage) {
        if (usage == null) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("user", usage.userMicros() / MICROS);
        json.put("system", usage.systemMicros() / MICROS);
        json.put(usage.isExact() ? MOST : NOT_MORE, usage.mostKib() * KIB);
        return json;
    }

    /** Null as well in what an earlier version has written. */
    private static @Nullable Usage usage(Map<String, @Nullable Object> json) {
        if (!(json.get("resources") instanceof Map<?, ?> resources
                && resources.get("user") instanceof Number user
                && resources.get("system") instanceof Number system
                && resources.get(resources.containsKey(MOST) ? MOST : NOT_MORE) instanceof Number most)) {
            return null;
        }
        return new Usage(
                Math.round(user.doubleValue() * MICROS),
                Math.round(system.doubleValue() * MICROS),
                most.longValue() / KIB,
                resources.containsKey(MOST));
    }

    private static double seconds(Instant time) {
        return time.getEpochSecond() + time.getNano() / NANOS;
    }

    static Optional<Death> decode(byte[] bytes) {
        try {
            Map<String, @Nullable Object> json = Json.readObject(bytes);
            return Optional.of(new Death(
                    text(json, "watcher"),
                    (int) number(json, "wid"),
                    (int) number(json, "pid"),
                    number(json, "incarnation"),
                    time(json, "started"),
                    time(json, "ended"),
                    json.get("exit_code") instanceof Long code ? (int) (long) code : Frame.Exit.UNKNOWN,
                    text(json, "reason"),
                    text(json, "command"),
                    text(json, "by"),
                    usage(json)));
        } catch (JsonException none) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, @Nullable Object> json, String key) {
        return json.get(key) instanceof String text ? text : "";
    }

    private static long number(Map<String, @Nullable Object> json, String key) {
        return json.get(key) instanceof Long number ? number : 0;
    }

    private static Instant time(Map<String, @Nullable Object> json, String key) {
        double seconds = json.get(key) instanceof Number number ? number.doubleValue() : 0;
        return Instant.EPOCH.plusNanos(Math.round(seconds * 1e6) * 1000);
    }
}

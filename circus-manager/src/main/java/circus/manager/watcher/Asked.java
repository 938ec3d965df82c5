package circus.manager.watcher;

import circus.message.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher was last told to do as a whole: to start, stop, restart or reload.
 *
 * @param behalf the command, and who gave it
 * @param time when it came
 */
public record Asked(Behalf behalf, Instant time) {
    /** Seconds since the epoch beyond which nothing of ours lies: the year 10000. */
    private static final double END_OF_TIME = 253_402_300_800.0;

    /** {@code command}, {@code by} and {@code time}, as {@code status} tells them. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> asked = new LinkedHashMap<>();
        asked.put("command", behalf.command());
        asked.put("by", behalf.by());
        asked.put("time", Json.seconds(time));
        return asked;
    }

    /** @return null for what {@link #toJson} has not written */
    static @Nullable Asked fromJson(@Nullable Object json) {
        if (json instanceof Map<?, ?> asked
                && asked.get("command") instanceof String command
                && asked.get("by") instanceof String by
                && asked.get("time") instanceof Number time
                && time.doubleValue() >= 0
                && time.doubleValue() < END_OF_TIME) {
            long micros = Math.round(time.doubleValue() * 1e6);
            return new Asked(
                    new Behalf(command, by), Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000));
        }
        return null;
    }
}

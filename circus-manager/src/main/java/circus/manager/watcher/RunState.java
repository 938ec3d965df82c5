package circus.manager.watcher;

import circus.message.Json;
import circus.message.JsonException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a watcher at run time and differs from what its configuration alone would bring: kept as a value in the kernel, so that
 * the death of the manager forgets nothing.
 *
 * <p>As JSON, only what is needed of {@code {"numprocesses": 5, "configured": 3, "stopped": true, "autostart": true, "restarting": true}}.
 * {@code configured} and {@code autostart} are the configuration's values at that time: where they have changed since, the new
 * configuration counts and what was done before does not. During a reload also {@code "reloading": 17, "sequential": true}.
 *
 * <p>Options that were set have {@code "set": {"max_retry": {"now": 9, "ini": 5}}}, see {@link Overrides}. A watcher that no file has is
 * its whole definition, {@code "added": {…}}; one that the file has and that was removed is {@code "removed": "DIGEST"}, the digest of its
 * definition at that time, and nothing else.
 *
 * <p>Who has stopped it is {@code "asked": {"command": "stop web", "by": "uid 0, pid 17", "time": 1795000000.5}}; what a plugin on a thread
 * of circusd keeps for the one that comes after it is {@code "memory": "…"}.
 *
 * <p>Version history: {@code asked}, {@code memory}, {@code set}, {@code added}, {@code removed}, {@code reloading} and {@code sequential} since 0.2.0, all others since
 * 0.1.0.
 *
 * @param numprocesses the target, where it differs from {@code configured}
 * @param stopped whether the watcher is to be left stopped; null: as {@code autostart} says
 * @param restarting a restart had begun to stop the workers
 * @param reloading a reload had begun to replace the workers up to this incarnation
 * @param sequential it replaces them one after the other
 * @param set options that were changed
 * @param added the definition of a watcher that was added; null for one of the file
 * @param removed the digest of a definition that was removed; null for a watcher that is there
 * @param asked the stop that it was told last; null where it has been told something else since
 * @param memory what its plugin keeps; null for nothing
 */
public record RunState(
        @Nullable Integer numprocesses,
        @Nullable Integer configured,
        @Nullable Boolean stopped,
        @Nullable Boolean autostart,
        boolean restarting,
        @Nullable Long reloading,
        boolean sequential,
        Overrides set,
        @Nullable Map<String, @Nullable Object> added,
        @Nullable String removed,
        @Nullable Asked asked,
        @Nullable String memory) {
    private static final String KEY = "watcher.";

    public static final RunState NOTHING = new RunState(null, null, null, null, false);

    /** Where no reload is under way. */
    public RunState(
            @Nullable Integer numprocesses,
            @Nullable Integer configured,
            @Nullable Boolean stopped,
            @Nullable Boolean autostart,
            boolean restarting) {
        this(
                numprocesses,
                configured,
                stopped,
                autostart,
                restarting,
                null,
                false,
                Overrides.NONE,
                null,
                null,
                null,
                null);
    }

    /** A watcher of the file that was removed. */
    public static RunState removed(String digest) {
        return new RunState(null, null, null, null, false, null, false, Overrides.NONE, null, digest, null, null);
    }

    /** Nothing but what a plugin keeps. */
    static RunState remembering(@Nullable String memory) {
        return new RunState(null, null, null, null, false, null, false, Overrides.NONE, null, null, null, memory);
    }

    /** The name of a watcher's value in the kernel, without the arbiter's prefix. */
    public static String key(String watcher) {
        return KEY + watcher;
    }

    /** The watcher that the value of this name belongs to, if it is one of ours. */
    public static Optional<String> watcher(String key) {
        return key.startsWith(KEY) ? Optional.of(key.substring(KEY.length())) : Optional.empty();
    }

    public String toJson() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (numprocesses != null) {
            fields.put("numprocesses", numprocesses);
            fields.put("configured", configured);
        }
        if (stopped != null) {
            fields.put("stopped", stopped);
            fields.put("autostart", autostart);
        }
        if (restarting) {
            fields.put("restarting", true);
        }
        if (reloading != null) {
            fields.put("reloading", reloading);
        }
        if (sequential) {
            fields.put("sequential", true);
        }
        if (!set.isEmpty()) {
            fields.put("set", set.toJson());
        }
        if (added != null) {
            fields.put("added", added);
        }
        if (removed != null) {
            fields.put("removed", removed);
        }
        if (asked != null) {
            fields.put("asked", asked.toJson());
        }
        if (memory != null) {
            fields.put("memory", memory);
        }
        return Json.write(fields);
    }

    /** @return empty for a text that no version of ours wrote */
    public static Optional<RunState> fromJson(String text) {
        Map<String, @Nullable Object> fields;
        try {
            fields = Json.readObject(text);
        } catch (JsonException notOurs) {
            return Optional.empty();
        }
        return Optional.of(new RunState(
                wholeNumber(fields.get("numprocesses")),
                wholeNumber(fields.get("configured")),
                truth(fields.get("stopped")),
                truth(fields.get("autostart")),
                Boolean.TRUE.equals(fields.get("restarting")),
                fields.get("reloading") instanceof Long incarnation ? incarnation : null,
                Boolean.TRUE.equals(fields.get("sequential")),
                Overrides.fromJson(fields.get("set")),
                definition(fields.get("added")),
                fields.get("removed") instanceof String digest ? digest : null,
                Asked.fromJson(fields.get("asked")),
                fields.get("memory") instanceof String kept ? kept : null));
    }

    private static @Nullable Map<String, @Nullable Object> definition(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            return null;
        }
        Map<String, @Nullable Object> definition = new LinkedHashMap<>();
        map.forEach((key, value) -> definition.put(String.valueOf(key), value));
        return definition;
    }

    /**
     * Without what says something about processes that are there: for the day when they are not any more. That a watcher was started which
     * starts by itself is one of these: it only says that what has ended is not to be started again.
     */
    public RunState withoutProcesses() {
        boolean startsAnyway = Boolean.FALSE.equals(stopped) && Boolean.TRUE.equals(autostart);
        return new RunState(
                numprocesses,
                configured,
                startsAnyway ? null : stopped,
                startsAnyway ? null : autostart,
                false,
                null,
                false,
                set,
                added,
                removed,
                asked,
                memory);
    }

    /** What of it still applies, given the configuration of today. */
    RunState under(int configuredNow, boolean autostartNow) {
        boolean sameSize = numprocesses != null && configured != null && configured == configuredNow;
        boolean sameStart = stopped != null && autostart != null && autostart == autostartNow;
        return new RunState(
                sameSize ? numprocesses : null,
                sameSize ? configured : null,
                sameStart ? stopped : null,
                sameStart ? autostart : null,
                restarting,
                reloading,
                sequential,
                set,
                added,
                removed,
                asked,
                memory);
    }

    private static @Nullable Integer wholeNumber(@Nullable Object value) {
        return value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE ? number.intValue() : null;
    }

    private static @Nullable Boolean truth(@Nullable Object value) {
        return value instanceof Boolean truth ? truth : null;
    }
}

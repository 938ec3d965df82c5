package circus.manager.config;

import circus.message.Json;
import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.OptionValues;
import circus.options.ResourceLimits;
import circus.options.WatcherOptions;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as keys of an ini file and their texts, which is how two of them are compared and told apart: {@code cmd}, {@code
 * env.NAME}, {@code stdout_stream.KEY}, {@code rlimit_NAME}, {@code hooks.NAME} and whatever else the section has. Texts are as declared:
 * with {@code $(circus.env.X)} and {@code $NAME} in them where processes depend on it, so that another environment of circusd is no
 * difference. What has its default leaves no trace, so neither a version that knows more options nor a default that is written down is a
 * difference. Pure functions; any thread.
 */
public final class ConfigKeys {
    private ConfigKeys() {}

    public static SortedMap<String, String> of(WatcherConfig watcher) {
        SortedMap<String, String> texts = new TreeMap<>(watcher.extras());
        texts.putAll(of(WatcherOptions.ALL, watcher.options()));
        watcher.stdout().ifPresent(stream -> add(WatcherOptions.STDOUT_STREAM, stream, texts));
        watcher.stderr().ifPresent(stream -> add(WatcherOptions.STDERR_STREAM, stream, texts));
        watcher.limits().forEach((limit, value) -> texts.put(WatcherOptions.RLIMIT.prefix() + limit, value.toString()));
        watcher.hooks().forEach((point, hook) -> texts.put(WatcherOptions.HOOKS.prefix() + point, hook));
        watcher.declared().forEach((key, text) -> texts.put(limitKey(key), text));
        return texts;
    }

    /** A limit may be written in any case; this is how it is told. */
    static String limitKey(String key) {
        if (!WatcherOptions.RLIMIT.covers(key)) {
            return key;
        }
        try {
            return WatcherOptions.RLIMIT.prefix() + ResourceLimits.name(WatcherOptions.RLIMIT.member(key));
        } catch (BadValueException unknown) {
            return key;
        }
    }

    /** Of a section whose options are declared in {@code all}: {@code [circus]} or a socket. */
    public static SortedMap<String, String> of(List<Option<?>> all, OptionValues values) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (Option<?> option : all) {
            add(option, values, texts);
        }
        return texts;
    }

    private static <T> void add(Option<T> option, OptionValues values, Map<String, String> texts) {
        T value = values.get(option);
        if (!value.equals(option.byDefault())) {
            texts.put(option.key(), PythonText.str(option.type().toJson(value)));
        }
    }

    private static void add(OptionFamily family, StreamConfig stream, Map<String, String> texts) {
        stream.report().forEach((key, text) -> texts.put(family.prefix() + key, text.toString()));
    }

    /** Identifies all that was declared, as hex digits. */
    public static String digest(WatcherConfig watcher) {
        byte[] text = Json.write(of(watcher)).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(WatcherConfig.sha256().digest(text), 0, 16);
    }

    /** The keys whose texts differ, or that only one of the two has. */
    public static SortedSet<String> differences(Map<String, String> one, Map<String, String> other) {
        SortedSet<String> keys = new TreeSet<>(one.keySet());
        keys.addAll(other.keySet());
        keys.removeIf(key -> Objects.equals(one.get(key), other.get(key)));
        return keys;
    }

    public static SortedSet<String> differences(WatcherConfig one, WatcherConfig other) {
        return differences(of(one), of(other));
    }

    /**
     * The value of a key as JSON has it: one that {@link #of} tells, or one that {@code set} takes, where {@link Amendments} read it back.
     * Null where there is none.
     */
    public static @Nullable Object value(WatcherConfig watcher, String key) {
        for (Option<?> option : WatcherOptions.ALL) {
            if (option.key().equals(key)) {
                return option.equals(WatcherOptions.ENV) ? watcher.variables() : value(option, watcher.options());
            }
        }
        if (key.startsWith(WatcherConfig.ENV_PREFIX)) {
            return watcher.variables().get(key.substring(WatcherConfig.ENV_PREFIX.length()));
        }
        if (key.equals("hooks")) {
            return watcher.hooks();
        }
        if (WatcherOptions.HOOKS.covers(key)) {
            return watcher.hooks().get(WatcherOptions.HOOKS.member(key));
        }
        if (WatcherOptions.RLIMIT.covers(key)) {
            return limit(watcher, key);
        }
        return key.startsWith("std") ? stream(watcher, key) : watcher.extras().get(key);
    }

    private static <T> @Nullable Object value(Option<T> option, OptionValues values) {
        return option.type().toJson(values.get(option));
    }

    private static @Nullable Object limit(WatcherConfig watcher, String key) {
        for (Map.Entry<String, Long> limit : watcher.limits().entrySet()) {
            if (limitKey(key).equals(WatcherOptions.RLIMIT.prefix() + limit.getKey())) {
                return limit.getValue();
            }
        }
        return null;
    }

    private static @Nullable Object stream(WatcherConfig watcher, String key) {
        for (OptionFamily family : WatcherDraft.STREAMS) {
            Optional<StreamConfig> stream =
                    family.equals(WatcherOptions.STDOUT_STREAM) ? watcher.stdout() : watcher.stderr();
            if (family.prefix().equals(key + ".")) {
                return stream.map(StreamConfig::report).orElse(null);
            }
            if (family.covers(key)) {
                return stream.map(given -> given.report().get(family.member(key)))
                        .orElse(null);
            }
        }
        return watcher.extras().get(key);
    }
}

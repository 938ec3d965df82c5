package circus.manager.config;

import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A watcher as a JSON object that can be kept and read back, by this version or a later one. Only what was given is kept, and of {@code
 * copy_env} only that it was: whoever reads it back copies from their own environment. Keys that are not known are passed over.
 *
 * <p>Version history: 1, since 0.2.0: {@code name, options, defaults, env, extras, stdout, stderr, rlimits, hooks, declared}; all but {@code
 * name} may be absent. Pure functions; any thread.
 */
public final class StoredWatcher {
    private StoredWatcher() {}

    public static Map<String, @Nullable Object> toJson(WatcherConfig watcher) {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        Map<String, @Nullable Object> defaults = new LinkedHashMap<>();
        for (Option<?> option : WatcherOptions.ALL) {
            if (watcher.options().isGiven(option)) {
                options.put(option.key(), ConfigKeys.value(watcher, option.key()));
            } else if (!Objects.equals(watcher.options().get(option), option.byDefault())) {
                defaults.put(option.key(), ConfigKeys.value(watcher, option.key()));
            }
        }
        Map<String, String> declared = new LinkedHashMap<>(watcher.declared());
        WatcherConfig.declaredEnvironment(watcher.variables()).forEach(declared::remove);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", watcher.name());
        put("options", options, json);
        put("defaults", defaults, json);
        put("env", watcher.variables(), json);
        put("extras", watcher.extras(), json);
        put("stdout", watcher.stdout().map(StreamConfig::report).orElse(Map.of()), json);
        put("stderr", watcher.stderr().map(StreamConfig::report).orElse(Map.of()), json);
        put("rlimits", watcher.limits(), json);
        put("hooks", watcher.hooks(), json);
        put("declared", declared, json);
        return json;
    }

    private static void put(String key, Map<String, ?> part, Map<String, @Nullable Object> json) {
        if (!part.isEmpty()) {
            json.put(key, part);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param processEnvironment circusd's own environment, for {@code copy_env}
     */
    public static WatcherConfig fromJson(
            Map<String, ? extends @Nullable Object> json, Map<String, String> processEnvironment)
            throws BadValueException {
        if (!(json.get("name") instanceof String name)) {
            throw new BadValueException("cannot read a stored watcher: it has no name");
        }
        OptionValues options = options(json, name);
        Map<String, String> variables = texts(json.get("env"));
        Map<String, String> environment = new LinkedHashMap<>(
                options.get(WatcherOptions.COPY_ENV) ? new TreeMap<>(processEnvironment) : Map.of());
        environment.putAll(variables);
        Map<String, String> declared = new LinkedHashMap<>(WatcherConfig.declaredEnvironment(variables));
        declared.putAll(texts(json.get("declared")));
        Map<String, Long> limits = new LinkedHashMap<>();
        if (json.get("rlimits") instanceof Map<?, ?> given) {
            given.forEach((limit, value) ->
                    limits.put(String.valueOf(limit), value instanceof Number number ? number.longValue() : 0L));
        }
        return new WatcherConfig(
                name,
                options,
                environment,
                texts(json.get("extras")),
                stream(json.get("stdout")),
                stream(json.get("stderr")),
                limits,
                texts(json.get("hooks")),
                declared);
    }

    private static OptionValues options(Map<String, ? extends @Nullable Object> json, String name)
            throws BadValueException {
        OptionValues values = OptionValues.NONE;
        for (Option<?> option : WatcherOptions.ALL) {
            try {
                if (json.get("options") instanceof Map<?, ?> given && given.containsKey(option.key())) {
                    values = with(values, option, given.get(option.key()), true);
                } else if (json.get("defaults") instanceof Map<?, ?> given && given.containsKey(option.key())) {
                    values = with(values, option, given.get(option.key()), false);
                }
            } catch (BadValueException e) {
                throw new BadValueException("cannot read the stored watcher '" + name + "': " + e.getMessage());
            }
        }
        return values;
    }

    private static <T> OptionValues with(OptionValues values, Option<T> option, @Nullable Object json, boolean given)
            throws BadValueException {
        T value = option.fromJson(json);
        return given ? values.with(option, value) : values.withDefault(option, value);
    }

    private static Optional<StreamConfig> stream(@Nullable Object json) {
        Map<String, String> texts = texts(json);
        String className = texts.remove("class");
        return className == null ? Optional.empty() : Optional.of(new StreamConfig(className, texts));
    }

    private static Map<String, String> texts(@Nullable Object json) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (json instanceof Map<?, ?> given) {
            given.forEach((key, text) -> texts.put(String.valueOf(key), String.valueOf(text)));
        }
        return texts;
    }
}

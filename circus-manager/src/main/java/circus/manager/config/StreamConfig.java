package circus.manager.config;

import circus.options.BadValueException;
import circus.options.Option;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a watcher's stdout or stderr goes.
 *
 * @param className of {@link circus.options.StreamClass}, or with a dot: a class of the user
 * @param options what else was given, without {@code class}, in the order of the file: the values of {@link circus.options.StreamOptions}
 */
public record StreamConfig(String className, Map<String, String> options) {
    public StreamConfig {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** The value of an option; its default where none was given, or one that is not understood any more. */
    public <T> T get(Option<T> option) {
        String text = options.get(option.key());
        try {
            return text == null ? option.byDefault() : option.type().parse(text);
        } catch (BadValueException unknown) {
            return option.byDefault();
        }
    }

    /** As the {@code options} command shows it. Circus loses the class here; it is kept, so that a later change does not alter it. */
    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("class", className);
        report.putAll(options);
        return report;
    }
}

package circus.manager.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a watcher's stdout or stderr goes.
 *
 * @param className {@code FileStream} or {@code StdoutStream}
 * @param options what else was given, without {@code class}, in the order of the file: the values of {@link circus.options.StreamOptions}
 */
public record StreamConfig(String className, Map<String, String> options) {
    public StreamConfig {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** As the {@code options} command shows it. Circus loses the class here; it is kept, so that a later change does not alter it. */
    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("class", className);
        report.putAll(options);
        return report;
    }
}

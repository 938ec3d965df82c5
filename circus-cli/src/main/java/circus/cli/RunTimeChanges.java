package circus.cli;

import circus.message.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What commands have changed since the configuration was read, for people: without the last line's end. Pure functions. */
final class RunTimeChanges {
    private static final String NONE = "Nothing differs from the configuration.";

    private RunTimeChanges() {}

    /** {@code numprocesses: 5 (ini: 3)}, one to a line. */
    static String ofWatcher(Map<String, @Nullable Object> changes) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> change : new TreeMap<>(changes).entrySet()) {
            Map<String, @Nullable Object> values = Printer.map(change.getValue());
            lines.add(change.getKey() + ": " + text(values.get("now")) + " (ini: " + text(values.get("ini")) + ")");
        }
        return lines.isEmpty() ? NONE : String.join("\n", lines);
    }

    /** {@code web: cmd, numprocesses}, {@code new: added}; sorted by name. */
    static String ofAll(Map<String, @Nullable Object> fields) {
        Map<String, String> byName = new TreeMap<>();
        Printer.map(fields.get("changes")).forEach((name, changes) -> {
            String keys = String.join(", ", new TreeMap<>(Printer.map(changes)).keySet());
            byName.put(name, keys);
        });
        for (String kind : List.of("added", "removed")) {
            if (fields.get(kind) instanceof List<?> names) {
                names.forEach(name -> byName.put(PythonText.str(name), kind));
            }
        }
        List<String> lines = new ArrayList<>();
        byName.forEach((name, what) -> lines.add(name + ": " + what));
        return lines.isEmpty() ? NONE : String.join("\n", lines);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : PythonText.str(value);
    }
}

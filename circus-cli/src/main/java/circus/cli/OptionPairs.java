package circus.cli;

import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.SetKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words {@code KEY VALUE [KEY VALUE…]} of {@code set}, each value in the type of its option. Pure functions. */
final class OptionPairs {
    private OptionPairs() {}

    /** Keys are taken in small letters, as Circus does. */
    static Map<String, @Nullable Object> read(List<String> words) throws ArgumentException {
        if (words.size() % 2 != 0) {
            throw new ArgumentException(
                    "List of key/values is invalid", "each key needs a value, of one word or in quotes");
        }
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            String key = words.get(i).toLowerCase(Locale.ROOT);
            options.put(key, value(key, words.get(i + 1)));
        }
        return Collections.unmodifiableMap(options);
    }

    private static @Nullable Object value(String key, String text) throws ArgumentException {
        SetKey found = SetKey.find(key).orElse(null);
        if (found == null) {
            throw new ArgumentException(
                    "unknown key " + PythonText.repr(key), "circusctl options NAME shows the options of a watcher");
        }
        try {
            return found.fromText(text);
        } catch (BadValueException e) {
            throw new ArgumentException("cannot set " + key + ": " + e.getMessage());
        }
    }
}

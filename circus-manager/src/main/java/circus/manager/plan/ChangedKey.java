package circus.manager.plan;

import circus.message.PythonText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key that changes, and what comes of it. A value.
 *
 * @param key as an ini file has it; {@code env.NAME} for a variable
 * @param before what counts now; nothing when it has its default
 * @param after what will count; nothing when it has its default
 * @param wasSet whether {@code before} comes from a command, over which the file now wins
 */
public record ChangedKey(String key, Optional<String> before, Optional<String> after, Effect effect, boolean wasSet) {
    private static final String SECRET = "env.";

    /** {@code a -> b, replaces the processes}. Values of variables are not told, since they may be secrets. */
    String text() {
        String what = key.startsWith(SECRET)
                ? before.isEmpty() ? "added" : after.isEmpty() ? "removed" : "changed"
                : shown(before) + " -> " + shown(after);
        return what + (wasSet ? " (set at run time; the file wins)" : "") + ", " + effect.words();
    }

    private static String shown(Optional<String> text) {
        return text.map(value ->
                        value.isEmpty() || value.chars().anyMatch(c -> c < ' ') ? PythonText.repr(value) : value)
                .orElse("(default)");
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("key", key);
        if (!key.startsWith(SECRET)) {
            json.put("before", before.orElse(null));
            json.put("after", after.orElse(null));
        }
        json.put("effect", effect.name().toLowerCase(Locale.ROOT));
        if (wasSet) {
            json.put("was_set", true);
        }
        return json;
    }
}

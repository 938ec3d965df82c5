package papa.legacy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.state.StateWriter;

/** A line of a ledger: its kind, and KEY=VALUE words, which may be changed and written again. Byte strings. */
final class Entry {
    final String kind;
    private final List<String> words;

    /** @param line the words, the kind first */
    Entry(List<String> line) {
        this.kind = line.get(0);
        this.words = new ArrayList<>(line.subList(1, line.size()));
    }

    String text(String key, String otherwise) {
        String found = find(key);
        return found == null ? otherwise : found;
    }

    long number(String key, long otherwise) {
        String found = find(key);
        try {
            return found == null ? otherwise : Long.parseLong(found);
        } catch (NumberFormatException notOne) {
            return otherwise;
        }
    }

    boolean flag(String key) {
        return "1".equals(find(key));
    }

    List<String> all(String key) {
        List<String> found = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith(key + "=")) {
                found.add(word.substring(key.length() + 1));
            }
        }
        return found;
    }

    void remove(Set<String> keys) {
        words.removeIf(word -> keys.contains(word.substring(0, Math.max(0, word.indexOf('=')))));
    }

    void add(String key, String value) {
        words.add(key + "=" + value);
    }

    void add(String key, long value) {
        add(key, Long.toString(value));
    }

    /** Begins the line; whoever calls ends it. */
    StateWriter.Line begin(StateWriter out) {
        StateWriter.Line line = out.line(kind);
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                line.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return line;
    }

    private @Nullable String find(String key) {
        for (String word : words) {
            if (word.startsWith(key + "=")) {
                return word.substring(key.length() + 1);
            }
        }
        return null;
    }
}

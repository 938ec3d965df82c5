package papa.kernel;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import papa.wire.Limit;

/** The notes on a process ({@code annotate}): what may be noted, and what it takes. Pure functions. */
final class Notes {
    private Notes() {}

    /**
     * The notes with changes made to them, all or none.
     *
     * @param words KEY=VALUE, each; an empty value removes the key
     */
    static Map<String, String> changed(Map<String, String> notes, List<String> words) throws Refusal {
        Map<String, String> changed = new TreeMap<>(notes);
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new Refusal("cannot annotate with " + word + ": KEY=VALUE is wanted");
            }
            String value = word.substring(equals + 1);
            if (value.isEmpty()) {
                changed.remove(word.substring(0, equals));
            } else {
                changed.put(word.substring(0, equals), value);
            }
        }
        demandFew(changed);
        return changed;
    }

    static void demandFew(Map<String, String> notes) throws Refusal {
        boolean tooLong = notes.entrySet().stream()
                .anyMatch(each -> each.getKey().length() + each.getValue().length() > Limit.NOTE_BYTES.most());
        if (tooLong || notes.size() > Limit.NOTES.most()) {
            throw new Refusal("cannot annotate: " + Limit.NOTES.most() + " notes of " + Limit.NOTE_BYTES.most()
                    + " bytes are the most");
        }
    }

    /** About how much of the heap they take. */
    static long bytes(Map<String, String> notes) {
        long sum = 0;
        for (Map.Entry<String, String> note : notes.entrySet()) {
            sum += 112 + note.getKey().length() + note.getValue().length();
        }
        return sum;
    }
}

package circus.manager.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.client.PapaException;
import papa.wire.Words;
import papa.wire.WordsException;

/** Reads what the kernel's {@code list} tells. */
final class KernelLists {
    private KernelLists() {}

    /** From {@code list values}: the values by their names. */
    static Map<String, String> values(String list) throws PapaException {
        Map<String, String> values = new LinkedHashMap<>();
        for (List<String> words : lines(list)) {
            if (words.size() == 2) {
                values.put(words.get(0), words.get(1));
            }
        }
        return values;
    }

    /** From {@code list processes}: the names of processes by their incarnations. */
    static Map<Long, String> names(String list) throws PapaException {
        Map<Long, String> names = new HashMap<>();
        for (List<String> words : lines(list)) {
            names.put(incarnation(words), words.get(0));
        }
        return names;
    }

    /** From {@code list processes}: the incarnations that have ended. */
    static Set<Long> ended(String list) throws PapaException {
        Set<Long> ended = new LinkedHashSet<>();
        for (List<String> words : lines(list)) {
            if (words.contains("state=ended")) {
                ended.add(incarnation(words));
            }
        }
        return ended;
    }

    private static long incarnation(List<String> words) throws PapaException {
        for (String word : words) {
            if (word.startsWith("incarnation=")) {
                return Long.parseLong(word.substring("incarnation=".length()));
            }
        }
        throw new PapaException("cannot understand the kernel's list: no incarnation in " + words);
    }

    private static List<List<String>> lines(String list) throws PapaException {
        List<List<String>> lines = new ArrayList<>();
        for (String line : list.split("\n")) {
            try {
                List<String> words = Words.splitQuoted(Words.utf8(line));
                if (!words.isEmpty()) {
                    lines.add(words.stream().map(Words::text).toList());
                }
            } catch (WordsException e) {
                throw new PapaException("cannot understand the kernel's list: " + e.getMessage(), e);
            }
        }
        return lines;
    }
}

package papa.request;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names as papa lets them be named: exactly, or by a beginning and a star. No patterns at all match everything.
 *
 * <p>Thousands of them cost a name no more than a few: no beginning is kept that begins with another one, and so the one
 * that a name has, if any, is the last that does not come after it.
 */
public final class Patterns {
    private final boolean all;
    private final Set<String> names = new HashSet<>();
    private final TreeSet<String> beginnings = new TreeSet<>();

    public Patterns(List<String> words) {
        all = words.isEmpty();
        TreeSet<String> given = new TreeSet<>();
        for (String word : words) {
            if (isWildcard(word)) {
                given.add(beginning(word));
            } else {
                names.add(word);
            }
        }
        for (String each : given) {
            if (!hasBeginning(each)) {
                beginnings.add(each);
            }
        }
    }

    /** Words that match the same. */
    public List<String> words() {
        List<String> words = new ArrayList<>(names);
        beginnings.forEach(each -> words.add(each + "*"));
        return words;
    }

    public static boolean isWildcard(String word) {
        return word.endsWith("*");
    }

    private static String beginning(String word) {
        return word.substring(0, word.length() - 1);
    }

    public boolean matches(String name) {
        return all || names.contains(name) || hasBeginning(name);
    }

    private boolean hasBeginning(String name) {
        String last = beginnings.floor(name);
        return last != null && name.startsWith(last);
    }

    public static boolean matches(String word, String name) {
        return isWildcard(word) ? name.startsWith(beginning(word)) : name.equals(word);
    }
}

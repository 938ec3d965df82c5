package papa.request;

import java.util.List;

/**
 * Names as papa lets them be named: exactly, or by a beginning and a star. No patterns at all match everything.
 */
public record Patterns(List<String> words) {
    public Patterns {
        words = List.copyOf(words);
    }

    public static boolean isWildcard(String word) {
        return word.endsWith("*");
    }

    public boolean matches(String name) {
        return words.isEmpty() || words.stream().anyMatch(word -> matches(word, name));
    }

    public static boolean matches(String word, String name) {
        return isWildcard(word) ? name.startsWith(word.substring(0, word.length() - 1)) : name.equals(word);
    }
}

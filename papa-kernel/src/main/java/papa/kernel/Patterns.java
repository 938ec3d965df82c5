package papa.kernel;

import java.util.List;

/**
 * Names as papa lets them be named: exactly, or by a beginning and a star. No patterns at all match everything.
 */
record Patterns(List<String> words) {
    Patterns {
        words = List.copyOf(words);
    }

    static boolean isWildcard(String word) {
        return word.endsWith("*");
    }

    boolean matches(String name) {
        return words.isEmpty() || words.stream().anyMatch(word -> matches(word, name));
    }

    static boolean matches(String word, String name) {
        return isWildcard(word) ? name.startsWith(word.substring(0, word.length() - 1)) : name.equals(word);
    }
}

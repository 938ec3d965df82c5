package circus.manager.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Patterns as Python's {@code fnmatch} and {@code glob} understand them: {@code *}, {@code ?}, {@code [seq]} and {@code [!seq]}, case
 * counts, nothing can be escaped. Pure functions, but for {@link #files}; any thread.
 */
public final class Glob {
    private Glob() {}

    public static boolean matches(String pattern, String text) {
        return matches(pattern, 0, text, 0);
    }

    private static boolean matches(String pattern, int from, String text, int at) {
        int p = from;
        int t = at;
        while (p < pattern.length()) {
            char c = pattern.charAt(p);
            if (c == '*') {
                return matchesAnyTail(pattern, p + 1, text, t);
            }
            if (t == text.length()) {
                return false;
            }
            int close = c == '[' ? closing(pattern, p) : -1;
            boolean fits = close > 0
                    ? matchesClass(pattern.substring(p + 1, close), text.charAt(t))
                    : c == '?' || c == text.charAt(t);
            if (!fits) {
                return false;
            }
            p = close > 0 ? close + 1 : p + 1;
            t++;
        }
        return t == text.length();
    }

    private static boolean matchesAnyTail(String pattern, int from, String text, int at) {
        for (int t = at; t <= text.length(); t++) {
            if (matches(pattern, from, text, t)) {
                return true;
            }
        }
        return false;
    }

    /** The bracket that closes the one at {@code open}; -1 when there is none, which makes that one an ordinary character. */
    private static int closing(String pattern, int open) {
        int first = open + 1;
        if (pattern.startsWith("!", first)) {
            first++;
        }
        return pattern.indexOf(']', first + 1);
    }

    private static boolean matchesClass(String sequence, char c) {
        boolean negated = sequence.startsWith("!");
        String members = negated ? sequence.substring(1) : sequence;
        for (int i = 0; i < members.length(); i++) {
            boolean range = i + 2 < members.length() && members.charAt(i + 1) == '-';
            char low = members.charAt(i);
            char high = range ? members.charAt(i + 2) : low;
            if (c >= low && c <= high) {
                return !negated;
            }
            i += range ? 2 : 0;
        }
        return negated;
    }

    /**
     * The existing files that an absolute pattern names, sorted by name. Patterns count in every part of the path; hidden files are only
     * named by a part that begins with a dot itself.
     */
    static List<Path> files(String pattern) {
        List<Path> found = List.of(Path.of("/"));
        for (String part : pattern.split("/")) {
            List<Path> next = new ArrayList<>();
            for (Path directory : part.isEmpty() ? List.<Path>of() : found) {
                step(directory, part, next);
            }
            found = part.isEmpty() ? found : next;
        }
        return found;
    }

    private static void step(Path directory, String part, List<Path> next) {
        if (part.chars().noneMatch(c -> "*?[".indexOf(c) >= 0)) {
            Path named = directory.resolve(part);
            if (Files.exists(named, LinkOption.NOFOLLOW_LINKS)) {
                next.add(named);
            }
            return;
        }
        List<Path> matching = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if ((!name.startsWith(".") || part.startsWith(".")) && matches(part, name)) {
                    matching.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // not a directory, or not ours to read: nothing in it is named
        }
        matching.stream().sorted().forEach(next::add);
    }
}

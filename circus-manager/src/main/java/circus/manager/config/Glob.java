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

    /** Without recursion, and in a time that grows with the product of the two lengths: patterns come from clients. */
    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int tail = 0;
        while (t < text.length()) {
            int next = p < pattern.length() && pattern.charAt(p) != '*' ? past(pattern, p, text.charAt(t)) : -1;
            if (next > 0) {
                p = next;
                t++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p;
                tail = t;
                p++;
            } else if (star >= 0) {
                // The last star takes one character more; those before it have what they need.
                tail++;
                t = tail;
                p = star + 1;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on after the one thing at {@code p}, if that fits the character; else -1. */
    private static int past(String pattern, int p, char text) {
        char c = pattern.charAt(p);
        int close = c == '[' ? closing(pattern, p) : -1;
        if (close > 0) {
            return matchesClass(pattern.substring(p + 1, close), text) ? close + 1 : -1;
        }
        return c == '?' || c == text ? p + 1 : -1;
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

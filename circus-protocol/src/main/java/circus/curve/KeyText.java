package circus.curve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a file of keys, as lines and as the {@code name = "value"} pairs of a ZeroMQ certificate. Pure functions but for reading. */
final class KeyText {
    /** Of the largest file that is read. */
    static final int MOST_BYTES = 1 << 20;

    private KeyText() {}

    static List<String> lines(Path file) throws KeyFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new KeyFileException("it is larger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException unreadable) {
            throw new KeyFileException(reason(unreadable));
        }
    }

    static String reason(Exception cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        return "it cannot be read: " + cause.getMessage();
    }

    /** Whether there is nothing on this line but a remark. No key begins with {@code #}: it would be a number beyond 32 bits. */
    static boolean isRemark(String line) {
        String text = line.strip();
        return text.isEmpty() || text.startsWith("#");
    }

    /** The pairs in any section, as pyzmq reads them; of a repeated name the first counts. */
    static Map<String, String> pairs(List<String> lines) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (isRemark(line) || equals < 0) {
                continue;
            }
            pairs.putIfAbsent(
                    line.substring(0, equals).strip(),
                    unquoted(line.substring(equals + 1).strip()));
        }
        return pairs;
    }

    private static String unquoted(String text) {
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        boolean quoted =
                text.length() >= 2 && (first == '"' || first == '\'') && text.charAt(text.length() - 1) == first;
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}

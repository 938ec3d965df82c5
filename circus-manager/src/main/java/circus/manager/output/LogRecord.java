package circus.manager.output;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel keeps for us about one log file, as the value {@code circus.ARB.log.HASH}.
 *
 * @param path for people, and to open it by
 * @param length of the file when it was committed
 * @param checksum CRC32C of the last bytes before that length ({@link LastBytes})
 * @param open who began the last line before that length, if it has no end yet
 * @param plan what was to be appended next; null when nothing was under way
 */
record LogRecord(
        String path,
        FileIdentity identity,
        long length,
        int checksum,
        StreamId open,
        @Nullable Plan plan) {
    /** Versions are never reused: 1 (circus 0.1.0). */
    private static final String VERSION = "1";

    private static final String ABSENT = "-";
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:";

    /** One line of words. */
    String encode() {
        StringBuilder line = new StringBuilder(VERSION);
        word(line, escape(path, StandardCharsets.UTF_8));
        word(line, identity.device());
        word(line, identity.inode());
        word(line, length);
        word(line, Integer.toHexString(checksum));
        word(line, open.text());
        if (plan != null) {
            encode(plan, line);
        }
        return line.toString();
    }

    private static void encode(Plan plan, StringBuilder line) {
        word(line, plan.length());
        word(line, Integer.toHexString(plan.checksum()));
        word(line, plan.writers().size());
        for (Plan.Writer writer : plan.writers()) {
            word(line, writer.id().text());
            word(line, writer.pid());
            word(line, writer.from());
            word(line, optional(writer.timeFormat(), StandardCharsets.UTF_8));
        }
        for (Plan.Piece piece : plan.pieces()) {
            word(line, piece.writer());
            word(line, piece.to());
            word(line, piece.end());
            word(line, optional(piece.text(), StandardCharsets.ISO_8859_1));
        }
    }

    private static void word(StringBuilder line, Object word) {
        line.append(' ').append(word);
    }

    private static String optional(@Nullable String text, Charset charset) {
        return text == null ? ABSENT : escape(text, charset);
    }

    private static String escape(String text, Charset charset) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (byte b : text.getBytes(charset)) {
            if (PLAIN.indexOf(b) >= 0) {
                escaped.append((char) b);
            } else {
                escaped.append(String.format("%%%02x", b));
            }
        }
        return escaped.toString();
    }

    /** @throws IllegalArgumentException if it was not written by {@link #encode} */
    static LogRecord parse(String line) {
        Iterator<String> words = List.of(line.split(" ")).iterator();
        try {
            if (!words.next().equals(VERSION)) {
                throw new IllegalArgumentException("its version is unknown");
            }
            return new LogRecord(
                    unescape(words.next(), StandardCharsets.UTF_8),
                    new FileIdentity(Long.parseLong(words.next()), Long.parseLong(words.next())),
                    Long.parseLong(words.next()),
                    Integer.parseUnsignedInt(words.next(), 16),
                    StreamId.parse(words.next()),
                    words.hasNext() ? parsePlan(words) : null);
        } catch (NoSuchElementException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is incomplete", e);
        }
    }

    private static Plan parsePlan(Iterator<String> words) {
        int length = Integer.parseInt(words.next());
        int checksum = Integer.parseUnsignedInt(words.next(), 16);
        int count = Integer.parseInt(words.next());
        List<Plan.Writer> writers = new ArrayList<>();
        while (writers.size() < count) {
            writers.add(new Plan.Writer(
                    StreamId.parse(words.next()),
                    Integer.parseInt(words.next()),
                    Long.parseLong(words.next()),
                    optionalFrom(words.next(), StandardCharsets.UTF_8)));
        }
        List<Plan.Piece> pieces = new ArrayList<>();
        while (words.hasNext()) {
            pieces.add(new Plan.Piece(
                    Integer.parseInt(words.next()),
                    Long.parseLong(words.next()),
                    Integer.parseInt(words.next()),
                    optionalFrom(words.next(), StandardCharsets.ISO_8859_1)));
        }
        return new Plan(length, checksum, writers, pieces);
    }

    private static @Nullable String optionalFrom(String word, Charset charset) {
        return word.equals(ABSENT) ? null : unescape(word, charset);
    }

    private static String unescape(String word, Charset charset) {
        byte[] bytes = new byte[word.length()];
        int length = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseInt(word.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, charset);
    }

    /** The same of another file. */
    LogRecord of(FileIdentity other) {
        return new LogRecord(path, other, length, checksum, open, plan);
    }

    LogRecord withoutPlan() {
        return new LogRecord(path, identity, length, checksum, open, null);
    }
}

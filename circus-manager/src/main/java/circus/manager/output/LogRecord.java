package circus.manager.output;

import circus.manager.disk.FileIdentity;
import circus.manager.line.Layout;
import circus.manager.line.Speaker;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel keeps for us about one log file, as the value {@code circus.ARB.log.HASH}.
 *
 * @param path for people, and to open it by
 * @param length of the file when it was committed
 * @param checksum CRC32C of the last bytes before that length ({@link LastBytes})
 * @param open who began the last line before that length, if it has no end yet
 * @param begunMicros when a file that is rotated by time begins with that and the plan, see {@link LogFile}; 0 if it is not
 * @param plan what was to be appended next; null when nothing was under way
 * @param turn that the file was about to be put aside; null if not. There is no plan then
 */
record LogRecord(
        String path,
        FileIdentity identity,
        long length,
        int checksum,
        StreamId open,
        long begunMicros,
        @Nullable Plan plan,
        @Nullable Turn turn) {
    /**
     * Versions are never reused: 1 (circus 0.1.0); 2 (0.2.0): layouts other than plain or timed lines, when files were begun, and turns.
     */
    private static final Set<String> VERSIONS = Set.of("1", "2");

    /** Parts the words of a layout that version 1 does not know, and comes first in them. */
    private static final String LAYOUT = "+";

    /** Begins the word that tells when a file was begun, which there need not be. */
    private static final String BEGUN = "@";

    /** Begins the word of a turn, which stands where else a plan begins. */
    private static final String TURN = "!";

    private static final String ABSENT = "-";
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:";

    /** One line of words. */
    String encode() {
        StringBuilder line = new StringBuilder(version());
        word(line, escape(path, StandardCharsets.UTF_8));
        word(line, identity.device());
        word(line, identity.inode());
        word(line, length);
        word(line, Integer.toHexString(checksum));
        word(line, open.text());
        if (begunMicros != 0) {
            word(line, BEGUN + begunMicros);
        }
        if (plan != null) {
            encode(plan, line);
        } else if (turn != null) {
            word(line, TURN + turn.encode());
        }
        return line.toString();
    }

    /** The earliest that can tell it, so that an earlier circusd can go on behind this one. */
    private String version() {
        boolean isOld = plan == null
                ? turn == null
                : plan.writers().stream().allMatch(writer -> writer.layout().isPlainOrTimed());
        return isOld && begunMicros == 0 ? "1" : "2";
    }

    private static void encode(Plan plan, StringBuilder line) {
        word(line, plan.length());
        word(line, Integer.toHexString(plan.checksum()));
        word(line, plan.writers().size());
        for (Plan.Writer writer : plan.writers()) {
            word(line, writer.id().text());
            word(line, writer.speaker().pid());
            word(line, writer.from());
            word(line, layout(writer));
        }
        for (Plan.Piece piece : plan.pieces()) {
            word(line, piece.writer());
            word(line, piece.to());
            word(line, piece.end());
            word(line, optional(piece.text(), StandardCharsets.ISO_8859_1));
        }
    }

    /** The time format alone where that says all, which is what version 1 has here. */
    private static String layout(Plan.Writer writer) {
        Layout layout = writer.layout();
        String format = optional(layout.timeFormat().orElse(null), StandardCharsets.UTF_8);
        if (layout.isPlainOrTimed()) {
            return format;
        }
        String parts = layout.prefix().stream().map(Layout.Part::name).collect(Collectors.joining(","));
        return String.join(
                LAYOUT,
                "",
                layout.shape().name(),
                parts,
                Integer.toString(writer.speaker().wid()),
                escape(writer.speaker().watcher(), StandardCharsets.UTF_8),
                format);
    }

    private static Plan.Writer parseWriter(StreamId id, int pid, long from, String layout) {
        if (!layout.startsWith(LAYOUT)) {
            return new Plan.Writer(id, new Speaker("", 0, pid), from, Layout.text(format(layout), List.of()));
        }
        String[] words = layout.split(Pattern.quote(LAYOUT), -1);
        if (words.length < 6) {
            throw new IllegalArgumentException("its layout is incomplete");
        }
        List<Layout.Part> parts = Stream.of(words[2].split(",", -1))
                .filter(word -> !word.isEmpty())
                .map(Layout.Part::valueOf)
                .toList();
        Speaker speaker = new Speaker(unescape(words[4], StandardCharsets.UTF_8), Integer.parseInt(words[3]), pid);
        Layout.Shape shape = Layout.Shape.valueOf(words[1]);
        return new Plan.Writer(id, speaker, from, new Layout(shape, format(words[5]), parts, Optional.empty()));
    }

    private static Optional<String> format(String word) {
        return Optional.ofNullable(optionalFrom(word, StandardCharsets.UTF_8));
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
                escaped.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    /** @throws IllegalArgumentException if it was not written by {@link #encode} */
    static LogRecord parse(String line) {
        Iterator<String> words = List.of(line.split(" ")).iterator();
        try {
            if (!VERSIONS.contains(words.next())) {
                throw new IllegalArgumentException("its version is unknown");
            }
            LogRecord bare = new LogRecord(
                    unescape(words.next(), StandardCharsets.UTF_8),
                    new FileIdentity(Long.parseLong(words.next()), Long.parseLong(words.next())),
                    Long.parseLong(words.next()),
                    Integer.parseUnsignedInt(words.next(), 16),
                    StreamId.parse(words.next()),
                    0,
                    null,
                    null);
            return words.hasNext() ? bare.parseBegun(words.next(), words) : bare;
        } catch (NoSuchElementException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is incomplete", e);
        }
    }

    private LogRecord parseBegun(String first, Iterator<String> words) {
        if (!first.startsWith(BEGUN)) {
            return parseRest(first, words);
        }
        long begun = Long.parseLong(first.substring(BEGUN.length()));
        LogRecord bare = new LogRecord(path, identity, length, checksum, open, begun, null, null);
        return words.hasNext() ? bare.parseRest(words.next(), words) : bare;
    }

    private LogRecord parseRest(String first, Iterator<String> words) {
        boolean isTurn = first.startsWith(TURN);
        Turn told = isTurn ? Turn.parse(first.substring(TURN.length())) : null;
        Plan planned = isTurn ? null : parsePlan(first, words);
        return new LogRecord(path, identity, length, checksum, open, begunMicros, planned, told);
    }

    private static Plan parsePlan(String first, Iterator<String> words) {
        int length = Integer.parseInt(first);
        int checksum = Integer.parseUnsignedInt(words.next(), 16);
        int count = Integer.parseInt(words.next());
        List<Plan.Writer> writers = new ArrayList<>();
        while (writers.size() < count) {
            writers.add(parseWriter(
                    StreamId.parse(words.next()),
                    Integer.parseInt(words.next()),
                    Long.parseLong(words.next()),
                    words.next()));
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
        return new LogRecord(path, other, length, checksum, open, begunMicros, plan, turn);
    }

    /** The same under another name. */
    LogRecord at(Path other) {
        return new LogRecord(other.toString(), identity, length, checksum, open, begunMicros, plan, turn);
    }

    LogRecord withoutPlan() {
        return new LogRecord(path, identity, length, checksum, open, begunMicros, null, null);
    }
}

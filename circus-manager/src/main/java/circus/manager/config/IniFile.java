package circus.manager.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ini4j.Config;
import org.ini4j.spi.IniHandler;
import org.ini4j.spi.IniParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads one ini file into a document, by the rules of Circus's own reader. ini4j splits sections, keys and values; {@link LogicalLines}
 * prepares the text for it. Everything that is wrong or ignored is told with its line. The only user of ini4j; used by one thread.
 */
final class IniFile implements IniHandler {
    private final Path file;
    private final LogicalLines lines;
    private final IniDocument document;
    private final Problems problems;
    private int ordinal;
    private @Nullable IniSection section;

    private IniFile(Path file, LogicalLines lines, IniDocument document, Problems problems) {
        this.file = file;
        this.lines = lines;
        this.document = document;
        this.problems = problems;
    }

    /** Adds what the file says to the document. Options that are there already stay as they are. */
    static void read(Path file, IniDocument document, Problems problems) throws IOException {
        problems.reading(file);
        Optional<String> text = decoded(file, Files.readAllBytes(file), problems);
        if (text.isEmpty()) {
            return;
        }
        LogicalLines lines = new LogicalLines(file, text.get(), problems);
        new Splitter().parse(new StringReader(lines.text()), new IniFile(file, lines, document, problems));
    }

    private static Optional<String> decoded(Path file, byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
            problems.error(
                    new Place(file, line), "cannot read this line: it is not UTF-8; save the file in that encoding");
            return Optional.empty();
        }
        return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    @Override
    public void startSection(String encoded) {
        section = document.open(LogicalLines.decode(encoded), next());
    }

    @Override
    public void handleOption(String encodedKey, @Nullable String encodedValue) {
        Place place = next();
        String key = LogicalLines.decode(encodedKey);
        if (encodedValue == null) {
            problems.error(
                    place,
                    "cannot read '" + LogicalLines.strip(key) + "': it is neither [SECTION] nor NAME = VALUE;"
                            + " to continue the option above, indent it");
            return;
        }
        String stripped = LogicalLines.strip(key);
        if (stripped.isEmpty()) {
            problems.warn(place, "this line is ignored, since there is no name in front of its value");
            return;
        }
        if (LogicalLines.isBlank(key.charAt(0))) {
            problems.warn(
                    place,
                    "'" + key + "' is not the option '" + stripped
                            + "', since the blanks are part of its name; begin it in column 1");
        }
        add(new IniEntry(rightStripped(key, stripped), value(encodedValue, stripped, place), place));
    }

    private void add(IniEntry entry) {
        IniSection current = section;
        if (current == null) {
            throw new IllegalStateException("cannot place " + entry + ": ini4j reports an option before a section");
        }
        IniEntry first = current.add(entry);
        if (first == null) {
            return;
        }
        boolean sameFile = first.place().file().equals(entry.place().file());
        if (sameFile || !first.value().equals(entry.value())) {
            problems.warn(
                    entry.place(),
                    entry.key() + " in " + current + " is ignored, since the first value counts, which is in "
                            + first.place().seenFrom(entry.place()));
        }
    }

    private Place next() {
        return new Place(file, lines.number(ordinal++));
    }

    private static String rightStripped(String key, String stripped) {
        return key.substring(0, key.indexOf(stripped) + stripped.length());
    }

    /** Cuts a comment off the first line; continuation lines have none. */
    private String value(String encoded, String key, Place place) {
        int end = encoded.indexOf(LogicalLines.GUARD);
        String first = leftStripped(LogicalLines.decode(encoded.substring(0, end)));
        String value = LogicalLines.strip(withoutComment(first));
        if (isCutInQuotes(value, first)) {
            problems.warn(
                    place,
                    "the value of " + key + " ends before '" + LogicalLines.strip(first.substring(value.length()))
                            + "': a ; after a blank begins a comment, within quotes too");
        }
        return (value.equals("\"\"") ? "" : value) + LogicalLines.decode(encoded.substring(end));
    }

    /**
     * Only the first semicolon counts, and only when a blank stands before it. Before the very first character stands, for Circus's
     * reader, the last one; so {@code ; note } with a blank at its end is a comment, and {@code ;note} a value.
     */
    private static String withoutComment(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon < 0) {
            return value;
        }
        char before = value.charAt(semicolon == 0 ? value.length() - 1 : semicolon - 1);
        return LogicalLines.isBlank(before) ? value.substring(0, semicolon) : value;
    }

    /** Whether what was cut off has the other half of a pair of quotes. */
    private static boolean isCutInQuotes(String value, String whole) {
        String cut = whole.substring(value.length());
        return (isOdd('"', value) && isOdd('"', cut)) || (isOdd('\'', value) && isOdd('\'', cut));
    }

    private static boolean isOdd(char quote, String text) {
        return text.chars().filter(c -> c == quote).count() % 2 == 1;
    }

    private static String leftStripped(String text) {
        return text.substring(text.indexOf(LogicalLines.strip(text)));
    }

    @Override
    public void startIni() {
        // nothing is known yet
    }

    @Override
    public void endIni() {
        // the document may go on with another file
    }

    @Override
    public void endSection() {
        // a later header may open it again
    }

    @Override
    public void handleComment(String comment) {
        // comments never reach ini4j
    }

    /** ini4j with everything off that Circus's reader does not know. Made directly: ini4j's own factory searches the class path first. */
    private static final class Splitter extends IniParser {
        Splitter() {
            Config config = new Config();
            config.setEscape(false);
            config.setEscapeNewline(false);
            config.setInclude(false);
            config.setEmptyOption(true); // a line without a separator is ours to complain about
            config.setLowerCaseOption(false);
            config.setLowerCaseSection(false);
            setConfig(config);
        }
    }
}

package circus.tests.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of {@code flood.pl}, which may be large: each byte has its place, so what is there and what the log tells to be missing must add
 * up to all of it.
 */
final class FloodLog {
    private static final int LINE = 100;
    private static final String FILLER = ".".repeat(88);
    private static final Pattern LOSS = Pattern.compile("\\[circus] (\\d+) bytes lost .*");

    private final List<Long> gaps = new ArrayList<>();
    private long lines;

    private FloodLog() {}

    /** The number of the last line, if it is there as a whole; 0 else. */
    static long end(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - LINE));
            byte[] last = new byte[(int) Math.min(LINE, file.length())];
            file.readFully(last);
            String line = new String(last, ISO_8859_1);
            return line.matches("\\d{10} \\.{88}\n") ? Long.parseLong(line.substring(0, 10)) : 0;
        }
    }

    /**
     * @param total how many lines were printed
     * @throws AssertionError unless all of it is accounted for
     */
    static FloodLog read(Path log, long total) throws IOException {
        FloodLog judged = new FloodLog();
        long at = 0;
        boolean doubtful = false;
        try (BufferedReader reader = Files.newBufferedReader(log, ISO_8859_1)) {
            String line = reader.readLine();
            for (long number = 1; line != null; number++) {
                String next = reader.readLine();
                Matcher loss = LOSS.matcher(line);
                if (loss.matches()) {
                    long bytes = Long.parseLong(loss.group(1));
                    judged.gaps.add(bytes);
                    at += bytes;
                } else {
                    if (doubtful && !expected(at).startsWith(line)) {
                        at--;
                    }
                    boolean whole = expected(at).equals(line);
                    boolean cut = next != null
                            && LOSS.matcher(next).matches()
                            && expected(at).startsWith(line);
                    if (!whole && !cut) {
                        throw new AssertionError("line " + number + " of the log is \"" + line + "\", not \""
                                + expected(at) + "\", after gaps " + judged.gaps);
                    }
                    // What is cut gets an end of line that was not printed.
                    at += line.length() + (whole ? 1 : 0);
                    judged.lines += whole ? 1 : 0;
                    // Whose is the end of a line that is cut just before it?
                    doubtful = whole && next != null && LOSS.matcher(next).matches();
                }
                line = next;
            }
        }
        if (at != total * LINE) {
            throw new AssertionError("the log accounts for " + at + " bytes; " + total * LINE + " were printed");
        }
        return judged;
    }

    /** What was printed from there to the end of the line. */
    private static String expected(long at) {
        String digits = Long.toString(at / LINE + 1);
        String line = "0".repeat(10 - digits.length()) + digits + " " + FILLER;
        return line.substring((int) (at % LINE));
    }

    /** The bytes that each gap tells to be missing. */
    List<Long> gaps() {
        return gaps;
    }

    /** How many whole lines there are. */
    long lines() {
        return lines;
    }
}

package circus.tests.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recorded session with Python papa, replayed line by line against ours.
 *
 * <p>A file of {@code transcripts/} holds, in Python's notation for bytes:
 *
 * <pre>
 * C: b'list zork\n'      a line to send
 * S: b'Error: …\n> '     what must come back, all of it
 * U: b'…\n> '            the same, but the line above is sent again until it comes (a process ends when it ends)
 * N:                     a new connection
 * =2:                    from here on, the second connection (opened when it is first named); the first stays open
 * -2:                    the second connection vanishes
 * # …                    why ours differs from what was recorded, or nothing at all
 * </pre>
 *
 * <p>{@code <dir>} stands for the home's folder, {@code <p1>} to {@code <p9>} for free ports. In what comes back {@code <pid>}, {@code <port>}, {@code <fileno>},
 * {@code <n>} stand for any number, {@code <time>} for a time with microseconds, {@code <text>} for any words on one line, {@code <lines>} for any on several.
 */
public final class Transcript {
    private static final Duration LIMIT = Duration.ofSeconds(6);
    private static final Duration TO_COME = Duration.ofSeconds(5);

    private final String name;
    private final List<String> lines;

    private Transcript(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    public static Transcript named(String name) {
        String resource = "/transcripts/" + name + ".txt";
        try (InputStream in = Transcript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no transcript " + resource);
            }
            return new Transcript(
                    name,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public void replay(Kernel kernel, Path directory) {
        Map<String, String> places = new HashMap<>(Map.of("<dir>", directory.toString()));
        for (int i = 1; i <= 9; i++) {
            places.put("<p" + i + ">", Integer.toString(Home.freePort()));
        }
        replay(kernel, places);
    }

    private void replay(Kernel kernel, Map<String, String> places) {
        Map<Character, PapaSession> sessions = new HashMap<>();
        char which = '1';
        PapaSession session = kernel.session();
        sessions.put(which, session);
        String sent = "";
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String where = name + ":" + number + " after " + sent;
            switch (line.charAt(0)) {
                case 'C' -> {
                    sent = bytes(line, places);
                    session.send(sent);
                }
                case 'S' -> expect(session, pattern(bytes(line, places)), where);
                case 'U' -> expectAtLast(session, sent, pattern(bytes(line, places)), where);
                case 'N' -> {
                    session.close();
                    session = kernel.session();
                    sessions.put(which, session);
                }
                case '=' -> {
                    which = line.charAt(1);
                    session = sessions.computeIfAbsent(which, each -> kernel.session());
                }
                case '-' -> {
                    PapaSession vanishing = sessions.remove(line.charAt(1));
                    if (vanishing != null) {
                        vanishing.close();
                    }
                }
                default -> throw new IllegalArgumentException(where + ": not a line of a transcript: " + line);
            }
        }
        sessions.values().forEach(PapaSession::close);
    }

    private static void expect(PapaSession session, Pattern expected, String where) {
        StringBuilder all = new StringBuilder();
        try {
            all.append(session.readUntil(
                    text -> expected.matcher(text).matches() || (isComplete(text) && !couldGoOn(expected, text)),
                    LIMIT));
        } catch (AssertionError silence) {
            throw new AssertionError(where + "expected " + expected + "\n" + silence.getMessage());
        }
        if (!expected.matcher(all).matches()) {
            throw new AssertionError(where + "expected " + expected + "\nbut came " + all);
        }
    }

    private static void expectAtLast(PapaSession session, String sent, Pattern expected, String where) {
        long deadlineNanos = System.nanoTime() + TO_COME.toNanos();
        String reply = session.readUntil(Transcript::isComplete, LIMIT);
        while (!expected.matcher(reply).matches()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError(where + "expected " + expected + "\nbut for " + TO_COME + " came " + reply);
            }
            Pause.briefly();
            session.send(sent);
            reply = session.readUntil(Transcript::isComplete, LIMIT);
        }
    }

    private static boolean isComplete(String text) {
        return text.equals("> ") || text.endsWith("\n> ") || text.endsWith("] ");
    }

    private static boolean couldGoOn(Pattern expected, String text) {
        Matcher matcher = expected.matcher(text);
        return !matcher.matches() && matcher.hitEnd();
    }

    private static Pattern pattern(String bytes) {
        String text = Pattern.quote(bytes)
                .replace("<text>", "\\E[^\\n]*\\Q")
                .replace("<lines>", "\\E.*\\Q")
                .replace("<time>", "\\E\\d+\\.\\d{1,7}\\Q");
        for (String number : List.of("<pid>", "<port>", "<fileno>", "<n>")) {
            text = text.replace(number, "\\E\\d+\\Q");
        }
        return Pattern.compile(text, Pattern.DOTALL);
    }

    /** Reads {@code b'…'} or {@code b"…"}, with the places filled in. */
    private static String bytes(String line, Map<String, String> places) {
        String bytes = bytes(line);
        for (Map.Entry<String, String> place : places.entrySet()) {
            bytes = bytes.replace(place.getKey(), place.getValue());
        }
        return bytes;
    }

    private static String bytes(String line) {
        int quote = line.indexOf("b") + 1;
        String text = line.substring(quote + 1, line.lastIndexOf(line.charAt(quote)));
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                bytes.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n' -> bytes.append('\n');
                case 'r' -> bytes.append('\r');
                case 't' -> bytes.append('\t');
                case 'x' -> {
                    bytes.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> bytes.append(escaped);
            }
        }
        return bytes.toString();
    }
}

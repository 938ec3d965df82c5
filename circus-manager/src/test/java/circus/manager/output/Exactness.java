package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a file against everything that its streams ever said: each byte once, in order, lines unmixed, prefixes true,
 * losses counted. Lines of different streams have to be different, but for empty ones.
 */
final class Exactness {
    static final String TIME_FORMAT = "%H:%M:%S.%f";
    private static final ZoneId ZONE = ZoneId.of("UTC");
    private static final Pattern NOTICE = Pattern.compile("\\[circus] (\\d+) bytes lost [0-9:.]+ to [0-9:.]+");
    private static final Pattern PREFIX = Pattern.compile("(?s)([0-9:.]{15}) \\[(\\d+)] \\| (.*)");

    /** One stream, and how far it was found. */
    private static final class Reader {
        final ModelKernel.Pipe pipe;
        final byte[] bytes;
        int at;

        /** The line has ended, by the line feed that comes next or by one of ours: what comes later will tell. */
        boolean isDoubtful;

        Reader(ModelKernel.Pipe pipe) {
            this.pipe = pipe;
            this.bytes = pipe.everything();
        }

        boolean follows(byte[] content) {
            return Arrays.equals(content, 0, content.length, bytes, at, Math.min(bytes.length, at + content.length));
        }

        boolean isAtLineFeed() {
            return at < bytes.length && bytes[at] == '\n';
        }

        /** Where a lost stretch may end that begins here, if one does. */
        List<Integer> endsOfLoss(int from) {
            List<Integer> ends = new ArrayList<>();
            int end = from;
            for (long[] loss : pipe.losses) {
                if (loss[0] <= end && end < loss[1]) {
                    end = (int) loss[1];
                    ends.add(end);
                }
            }
            return ends;
        }
    }

    /** What a line has to be. */
    private interface Fit {
        boolean comesNext(Reader reader);
    }

    private static final int MOST_GUESSES = 200;

    private final Random guesses;
    private final List<Reader> readers = new ArrayList<>();
    private final boolean hasPrefix;
    private final TimeFormat format = new TimeFormat(TIME_FORMAT, ZONE);
    private final Map<String, Reader> byTime = new HashMap<>();
    private int emptyLines;
    private final List<Long> notices = new ArrayList<>();
    private int breaks;
    private int brokenCharacters;
    private int scraps;
    private String context = "";

    private Exactness(List<ModelKernel.Pipe> pipes, boolean hasPrefix, Random guesses) {
        this.hasPrefix = hasPrefix;
        this.guesses = guesses;
        for (ModelKernel.Pipe pipe : pipes) {
            Reader reader = new Reader(pipe);
            readers.add(reader);
            pipe.chunks.forEach(chunk -> byTime.put(format.at(chunk.micros()), reader));
        }
    }

    /**
     * Whether a line feed is one that was said or one of ours in place of a lost one, cannot always be told at once.
     * Therefore it is guessed, and a file is right if there is a guess by which everything fits.
     *
     * @throws AssertionError if there is none
     */
    static Exactness check(List<ModelKernel.Pipe> pipes, boolean hasPrefix, byte[] file) {
        boolean isCertain = pipes.stream().allMatch(pipe -> pipe.losses.isEmpty());
        for (int guess = 0; ; guess++) {
            Exactness exactness = new Exactness(pipes, hasPrefix, new Random(guess));
            try {
                exactness.check(file);
                return exactness;
            } catch (AssertionError e) {
                if (isCertain || guess == MOST_GUESSES) {
                    throw e;
                }
            }
        }
    }

    private void check(byte[] file) {
        int start = 0;
        while (start < file.length) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            context = "at byte " + start;
            line(Arrays.copyOfRange(file, start, end));
            start = end + 1;
        }
        finish(file);
    }

    private void line(byte[] line) {
        Matcher notice = NOTICE.matcher(new String(line, StandardCharsets.UTF_8));
        if (notice.matches()) {
            notices.add(Long.parseLong(notice.group(1)));
        } else if (hasPrefix) {
            prefixed(line);
        } else if (line.length == 0) {
            emptyLines++;
        } else {
            bare(line);
        }
    }

    private void bare(byte[] content) {
        for (Reader reader : readers) {
            if (found(reader, each -> each.follows(content))) {
                take(reader, content);
                return;
            }
        }
        throw new AssertionError(context + " stands what nobody said next: " + text(content) + "; next is " + next());
    }

    /** Goes to where it fits: here, behind line feeds that were seen as empty lines, or behind what is told as lost. */
    private boolean found(Reader reader, Fit fit) {
        int at = reader.at;
        boolean wasDoubtful = reader.isDoubtful;
        reader.isDoubtful = false;
        boolean lossFirst = guesses.nextInt(4) == 0;
        if (lossFirst && behindLoss(reader, at, fit)) {
            return true;
        }
        if (!wasDoubtful && fit.comesNext(reader)) {
            return true;
        }
        if (behindLineFeed(reader, at, wasDoubtful, fit)) {
            return true;
        }
        if (!lossFirst && behindLoss(reader, at, fit)) {
            return true;
        }
        reader.at = at;
        reader.isDoubtful = wasDoubtful;
        return false;
    }

    private boolean behindLoss(Reader reader, int at, Fit fit) {
        for (int end : reader.endsOfLoss(at)) {
            long length = (long) end - at;
            if (notices.remove(length)) {
                reader.at = end;
                if (found(reader, fit)) {
                    return true;
                }
                notices.add(length);
            }
        }
        reader.at = at;
        return false;
    }

    private boolean behindLineFeed(Reader reader, int at, boolean wasDoubtful, Fit fit) {
        int credit = wasDoubtful || hasPrefix ? 0 : 1;
        if (wasDoubtful || (!hasPrefix && reader.isAtLineFeed() && emptyLines > 0)) {
            emptyLines -= credit;
            reader.at = at + 1;
            if (found(reader, fit)) {
                return true;
            }
            emptyLines += credit;
        }
        reader.at = at;
        if (wasDoubtful && hasPrefix && fit.comesNext(reader)) {
            breaks++;
            return true;
        }
        return false;
    }

    private void take(Reader reader, byte[] content) {
        if (content.length > 0 && isInsideCharacter(reader.bytes, reader.at)) {
            brokenCharacters++;
        }
        reader.at += content.length;
        if (!reader.isAtLineFeed()) {
            breaks++;
        } else if (!hasPrefix && reader.endsOfLoss(reader.at).isEmpty()) {
            reader.at++;
        } else {
            reader.isDoubtful = true;
        }
    }

    private static boolean isInsideCharacter(byte[] bytes, int at) {
        return at < bytes.length && (bytes[at] & 0xc0) == 0x80;
    }

    private void prefixed(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        Matcher prefix = PREFIX.matcher(text);
        if (!prefix.matches()) {
            scraps++;
            assertThat("00:00:00.000000 [0000] | ".length()).as(context + text).isGreaterThan(text.length());
            return;
        }
        Reader reader = byTime.get(prefix.group(1));
        assertThat(reader)
                .as(context + " a time at which nothing was said: " + text)
                .isNotNull();
        if (reader == null) {
            return;
        }
        byte[] content = prefix.group(3).getBytes(StandardCharsets.ISO_8859_1);
        String pid = Integer.toString(ModelKernel.pid(reader.pipe.id.incarnation()));
        assertThat(prefix.group(2)).as(context).isEqualTo(pid);
        String time = prefix.group(1);
        assertThat(found(reader, each -> isAt(each, time) && each.follows(content)))
                .as(context + " stands what was not said next: " + text + "; next is " + next())
                .isTrue();
        take(reader, content);
    }

    /** Whether the last line is a prefix that was begun and not ended. */
    static boolean endsInAScrap(byte[] file) {
        int start = file.length;
        while (start > 0 && file[start - 1] != '\n') {
            start--;
        }
        String line = new String(file, start, file.length - start, StandardCharsets.ISO_8859_1);
        return !line.isEmpty()
                && !PREFIX.matcher(line).matches()
                && !NOTICE.matcher(line).matches();
    }

    /** Whether the next byte was captured at this time; the end of what was said has no time. */
    private boolean isAt(Reader reader, String time) {
        return reader.at < reader.bytes.length
                && format.at(reader.pipe.chunkAt(reader.at).micros()).equals(time);
    }

    private void finish(byte[] file) {
        for (Reader reader : readers) {
            if (!found(reader, each -> each.at == each.bytes.length)) {
                throw new AssertionError(reader.pipe.id + " is missing from byte " + reader.at + " on, of "
                        + reader.bytes.length + ": "
                        + text(Arrays.copyOfRange(reader.bytes, reader.at, reader.bytes.length)) + "; file ends "
                        + text(Arrays.copyOfRange(file, Math.max(0, file.length - 200), file.length)));
            }
        }
        assertThat(notices).as("losses that nobody had").isEmpty();
        breaks += emptyLines;
    }

    private String next() {
        StringBuilder next = new StringBuilder();
        for (Reader reader : readers) {
            next.append("\n  ")
                    .append(reader.pipe.id.text())
                    .append(" at ")
                    .append(reader.at)
                    .append(": ");
            next.append(
                    text(Arrays.copyOfRange(reader.bytes, reader.at, Math.min(reader.bytes.length, reader.at + 100))));
        }
        return next.toString();
    }

    private static String text(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, 120), StandardCharsets.UTF_8);
        return "(" + bytes.length + " bytes) " + text.replace("\n", "\\n");
    }

    /** Line feeds that nobody said. */
    int breaks() {
        return breaks;
    }

    int brokenCharacters() {
        return brokenCharacters;
    }

    /** Prefixes that were begun and not ended. */
    int scraps() {
        return scraps;
    }
}

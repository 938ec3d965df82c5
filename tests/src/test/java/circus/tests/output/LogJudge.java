package circus.tests.output;

import circus.tests.output.TortureLine.Voice;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads what many {@code torture.pl} have logged, and finds whatever is not as it was written: a line that is missing, there twice, out of
 * order, inside another, torn, with the wrong prefix or none. A line that lay open may stand in two lines, where somebody else's came
 * between its halves; a worker that was killed may have begun one. One thread uses it.
 */
final class LogJudge {
    /** How the lines of a log look. */
    enum Shape {
        PLAIN,
        /** {@code TIME [PID] | }, with microseconds. */
        STAMPED,
        /** {@code TIME [NAME PID] | }. */
        NAMED,
        /** As the ones or the others, as somebody has set it meanwhile. */
        CHANGING,
        /** An object per line. */
        JSON
    }

    /** So many lines a worker writes before it tells how many there are. */
    private static final int MOST_UNTOLD = 20;

    private static final int ENOUGH = 25;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");
    private static final Pattern PREFIX =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}) \\[(?:(\\S+) )?(\\d+)] \\| ");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TOLD = Pattern.compile("(.+)\\.(\\d+)\\.(out|err)");
    private static final Pattern COUNT = Pattern.compile("(\\d+)( all)?");

    /** What is known of one output of one process. */
    private static final class Heard {
        final BitSet numbers = new BitSet();
        boolean ended;
        int total = -1;
    }

    /** One end of a line that stands in two. */
    private record Half(TortureLine line, String text, String place) {}

    private final Map<Voice, Heard> all = new HashMap<>();
    private final Map<String, Half> firstHalves = new TreeMap<>();
    private final Map<String, Half> secondHalves = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private long[] late = new long[1024];
    private int lateCount;
    private long lines;
    private int broken;

    /** One log, while it is read. */
    private final class Log {
        final String name;
        final Shape shape;
        final boolean isShared;
        final Map<Voice, Integer> last = new HashMap<>();
        int number;

        Log(String name, Shape shape, boolean isShared) {
            this.name = name;
            this.shape = shape;
            this.isShared = isShared;
        }

        void take(byte[] bytes, boolean isWhole) {
            number++;
            String text;
            try {
                text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                // Only the last words of one who was killed may end within a character; they count as a half.
                text = new String(bytes, StandardCharsets.UTF_8);
                if (!text.endsWith("\ufffd") || text.indexOf('\ufffd') < text.length() - 3) {
                    fault("is torn within a character", text);
                    return;
                }
            }
            if (!isWhole) {
                // What is open at the end was the last of all, and of one who was killed.
                number = -number;
            }
            judge(text);
        }

        private void judge(String text) {
            String body = text;
            long loggedMicros = -1;
            int pid = -1;
            String who = null;
            if (shape == Shape.JSON) {
                Optional<JsonLine> json = JsonLine.parse(text);
                if (json.isEmpty()) {
                    fault("is no object of a line", text);
                    return;
                }
                body = json.get().message();
                loggedMicros = json.get().micros();
                pid = json.get().pid();
            } else if (shape != Shape.PLAIN) {
                Matcher prefix = PREFIX.matcher(text);
                boolean isThere = prefix.lookingAt();
                if (!isThere && shape != Shape.CHANGING) {
                    fault("has no prefix", text);
                    return;
                }
                if (isThere) {
                    loggedMicros = micros(prefix.group(1));
                    who = prefix.group(2);
                    pid = Integer.parseInt(prefix.group(3));
                    body = text.substring(prefix.end());
                }
                if (isThere && (who == null) == (shape == Shape.NAMED)) {
                    fault("has another prefix", text);
                    return;
                }
            }
            Optional<TortureLine> begun = TortureLine.begun(body);
            Optional<TortureLine> ended = TortureLine.ended(body);
            Optional<TortureLine> either = begun.isPresent() ? begun : ended;
            if (either.isEmpty()) {
                fault("is no line of a worker", text);
                return;
            }
            TortureLine line = either.get();
            if (pid >= 0 && pid != line.voice().pid()) {
                fault("has the prefix of pid " + pid, text);
            } else if (who != null && !who.equals(line.voice().name())) {
                fault("has the prefix of " + who, text);
            } else if (begun.isPresent() && body.equals(line.text())) {
                whole(line, loggedMicros);
            } else if (begun.isPresent() && line.text().startsWith(withoutScrap(body))) {
                half(firstHalves, line, withoutScrap(body));
                order(line);
            } else if (begun.isEmpty() && body.indexOf('<') < 0) {
                half(secondHalves, line, body);
            } else {
                fault("is not as it was written", text);
            }
        }

        private String withoutScrap(String body) {
            int end = body.indexOf('\ufffd');
            return end < 0 ? body : body.substring(0, end);
        }

        private void half(Map<String, Half> halves, TortureLine line, String text) {
            Half half = new Half(line, text, name + " line " + Math.abs(number) + (isShared ? "" : ", its own file,"));
            Half other = halves.put(line.voice() + " " + line.number(), half);
            if (other != null) {
                fault("comes again, after " + other.place(), text);
            }
        }

        private void whole(TortureLine line, long loggedMicros) {
            lines++;
            order(line);
            Heard heard = all.computeIfAbsent(line.voice(), first -> new Heard());
            if (line.isTotal()) {
                if (heard.ended) {
                    fault("comes again", line.text());
                }
                heard.ended = true;
                heard.total = line.number();
            } else if (heard.numbers.get(line.number())) {
                fault("comes again", line.text());
            } else {
                heard.numbers.set(line.number());
            }
            if (loggedMicros >= 0) {
                tookLate(loggedMicros - line.micros());
            }
        }

        private void order(TortureLine line) {
            int place = line.isTotal() ? Integer.MAX_VALUE : line.number();
            Integer before = last.put(line.voice(), place);
            if (before != null && before >= place) {
                fault("comes after " + (before == Integer.MAX_VALUE ? "the total" : before), line.text());
            }
        }

        private void fault(String what, String text) {
            LogJudge.this.fault(name + " line " + Math.abs(number) + " " + what + ": " + shown(text));
        }
    }

    private static String shown(String text) {
        return text.length() <= 160 ? text : text.substring(0, 100) + "…" + text.substring(text.length() - 60);
    }

    private static long micros(String time) {
        // Where a clock is put back, an hour comes twice; a test that runs then is late by an hour.
        return micros(
                LocalDateTime.parse(time, TIME).atZone(ZoneId.systemDefault()).toInstant());
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }

    private void tookLate(long micros) {
        if (lateCount == late.length) {
            late = Arrays.copyOf(late, 2 * lateCount);
        }
        late[lateCount++] = Math.abs(micros);
    }

    private void fault(String text) {
        faults.add(text);
    }

    /**
     * Reads a log.
     *
     * @param isShared whether lines of several outputs meet in it
     * @param inOrder its files, the oldest first; compressed ones end with {@code .gz}
     */
    void read(String name, Shape shape, boolean isShared, List<Path> inOrder) {
        Log log = new Log(name, shape, isShared);
        List<InputStream> streams = new ArrayList<>();
        try {
            for (Path file : inOrder) {
                InputStream stream = Files.newInputStream(file);
                streams.add(file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream);
            }
            try (InputStream in =
                    new BufferedInputStream(new SequenceInputStream(Collections.enumeration(streams)), 1 << 16)) {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    if (next == '\n') {
                        log.take(line.toByteArray(), true);
                        line.reset();
                    } else {
                        line.write(next);
                    }
                }
                if (line.size() > 0) {
                    log.take(line.toByteArray(), false);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Compares what was read with what the workers told; to be called once, after the last log.
     *
     * @param told their folder
     */
    void compare(Path told) {
        joinHalves();
        Map<Voice, Matcher> counts = new HashMap<>();
        try (Stream<Path> files = Files.list(told)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher whose = TOLD.matcher(file.getFileName().toString());
                Matcher count = COUNT.matcher(Files.readString(file));
                if (whose.matches() && count.matches()) {
                    counts.put(new Voice(whose.group(1), Integer.parseInt(whose.group(2)), whose.group(3)), count);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        counts.forEach((voice, count) -> compare(voice, Integer.parseInt(count.group(1)), count.group(2) != null));
        all.keySet().stream()
                .filter(voice -> !counts.containsKey(voice))
                .forEach(voice -> fault("nobody knows " + voice));
        for (Half half : firstHalves.values()) {
            Matcher count = counts.get(half.line().voice());
            Heard heard = all.getOrDefault(half.line().voice(), new Heard());
            boolean wasKilled = count != null && count.group(2) == null;
            if (!wasKilled || half.line().number() <= heard.numbers.length() - 1) {
                fault(half.place() + " has lost its end: " + shown(half.text()));
            }
        }
        secondHalves.values().forEach(half -> fault(half.place() + " has lost its beginning: " + shown(half.text())));
    }

    private void joinHalves() {
        for (String key : List.copyOf(secondHalves.keySet())) {
            Half first = firstHalves.get(key);
            Half second = secondHalves.get(key);
            if (first == null
                    || second == null
                    || !(first.text() + second.text()).equals(first.line().text())) {
                continue;
            }
            firstHalves.remove(key);
            secondHalves.remove(key);
            broken++;
            lines++;
            if (first.place().contains("its own file") && second.place().contains("its own file")) {
                fault(first.place() + " is broken in two: " + shown(first.text()));
            }
            Heard heard = all.computeIfAbsent(first.line().voice(), one -> new Heard());
            if (first.line().isTotal()) {
                heard.ended = true;
                heard.total = first.line().number();
            } else if (heard.numbers.get(first.line().number())) {
                fault(first.place() + " comes again: " + shown(first.text()));
            } else {
                heard.numbers.set(first.line().number());
            }
        }
    }

    private void compare(Voice voice, int count, boolean isAll) {
        Heard heard = all.getOrDefault(voice, new Heard());
        int missing = heard.numbers.nextClearBit(1);
        int most = heard.numbers.length() - 1;
        if (missing <= Math.max(count, most)) {
            int found = heard.numbers.cardinality();
            fault(voice + ": line " + missing + " is missing; of " + count + " there are " + found);
        } else if (most > count + (isAll ? 0 : MOST_UNTOLD)) {
            fault(voice + ": wrote " + count + " lines, the last one logged is " + most);
        }
        if (isAll && !heard.ended) {
            fault(voice + ": its last line (the total) is missing");
        } else if (isAll && heard.total != count) {
            fault(voice + ": told " + count + " lines, and " + heard.total + " in its log");
        }
    }

    /** What is wrong, the first few; empty when nothing is. */
    List<String> faults() {
        return faults.subList(0, Math.min(ENOUGH, faults.size()));
    }

    long lines() {
        return lines;
    }

    /** How many lines stand in two, since somebody else's came between. */
    int broken() {
        return broken;
    }

    /** By how much the times in the logs differ from the writers' own, at this share of all lines, in microseconds; -1 without any. */
    long lateMicros(double share) {
        if (lateCount == 0) {
            return -1;
        }
        long[] sorted = Arrays.copyOf(late, lateCount);
        Arrays.sort(sorted);
        return sorted[Math.min(lateCount - 1, (int) (lateCount * share))];
    }

    /** What a JSON line says. */
    private record JsonLine(String message, long micros, int pid) {
        static Optional<JsonLine> parse(String text) {
            try {
                JsonNode node = JSON.readTree(text);
                if (!node.path("message").isTextual()
                        || !node.path("time").isTextual()
                        || !node.path("pid").isInt()) {
                    return Optional.empty();
                }
                Instant time = OffsetDateTime.parse(node.path("time").asText()).toInstant();
                return Optional.of(new JsonLine(
                        node.path("message").asText(),
                        LogJudge.micros(time),
                        node.path("pid").asInt()));
            } catch (JsonProcessingException | DateTimeParseException e) {
                return Optional.empty();
            }
        }
    }
}

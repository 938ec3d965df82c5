package circus.tests.faults;

import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of a scenario that was passed: nothing was lost but what a gap accounts for, or there is no result. All of them are a file of
 * lines, from which the page is made; a figure that a scenario does not have is -1.
 *
 * @param requests that were answered
 * @param lines that were logged
 * @param gaps how often a log tells that something is missing
 * @param gapBytes how much, by what the log tells
 * @param median of the times, ms
 * @param late of a hundred times, one was longer; ms
 * @param most ms
 * @param date of the run
 */
public record Result(
        Fault fault,
        int rounds,
        long requests,
        long lines,
        long gaps,
        long gapBytes,
        long median,
        long late,
        long most,
        String date) {
    private static final String SEPARATOR = " ";

    /** All that the file tells. */
    public static Map<Fault, Result> read() {
        Map<Fault, Result> results = new EnumMap<>(Fault.class);
        for (String line : Home.read(file()).lines().toList()) {
            String[] words = line.split(SEPARATOR, -1);
            long[] figures = new long[words.length - 2];
            for (int i = 0; i < figures.length; i++) {
                figures[i] = Long.parseLong(words[i + 1]);
            }
            Fault fault = Fault.valueOf(words[0]);
            results.put(
                    fault,
                    new Result(
                            fault,
                            (int) figures[0],
                            figures[1],
                            figures[2],
                            figures[3],
                            figures[4],
                            figures[5],
                            figures[6],
                            figures[7],
                            words[words.length - 1]));
        }
        return results;
    }

    private static Path file() {
        return Installation.checkout().resolve("tests/src/test/resources/faults/results");
    }

    static String today() {
        return LocalDate.now(ZoneOffset.UTC).toString();
    }

    private String line() {
        return List.of(fault, rounds, requests, lines, gaps, gapBytes, median, late, most, date).stream()
                .map(Object::toString)
                .collect(Collectors.joining(SEPARATOR));
    }

    /** Puts this in the place of what the file tells of the same scenario. */
    void write() {
        Map<Fault, Result> all = read();
        all.put(fault, this);
        List<String> lines = new ArrayList<>();
        all.values().forEach(each -> lines.add(each.line()));
        try {
            Files.createDirectories(file().getParent());
            Files.write(file(), lines);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every ini file of Circus's own {@code examples} and {@code tests/config} means what it means to Circus, recorded from it
 * (circus-samples.json names their origin and licence). Where ours refuses a line, it does so for what this version has not yet or for a
 * reason of {@link #DIFFERENCES}, and the file means the same without that line.
 */
final class CircusSamplesTest {
    private static final String NOT_YET = " is not supported by this version";
    /** Unit tests have none, and the modules of these samples are nowhere. */
    private static final String NO_PYTHON = "no python3 on circusd's PATH";

    private static final String NO_CMD = "it has no cmd";
    private static final Pattern KEY = Pattern.compile("^cannot use (\\S+) = ");

    /** Beginnings of mistakes that ours sees on purpose, and why. */
    static final Map<String, String> DIFFERENCES = new TreeMap<>(Map.of(
            "cannot start a process of [watcher:foo]: " + NO_CMD,
            "a watcher without a cmd, config.md 4",
            "cannot replace $(circus.sockets.web)",
            "a socket that does not exist, config.md 10",
            "cannot use virtualenv = ",
            "a virtual environment that does not exist, config.md 4.6"));

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> mean_what_they_mean_to_circus() {
        return samples().map(sample -> DynamicTest.dynamicTest(sample.text("title"), () -> check(sample)));
    }

    @Test
    void all_are_there() {
        assertThat(samples().map(sample -> sample.text("title")))
                .contains("examples/example1.ini", "examples/uwsgi_lossless_reload.ini", "tests/config/issue442.ini")
                .hasSize(65);
    }

    @Test
    void every_difference_is_still_one() throws Exception {
        Set<String> met = new HashSet<>();
        for (Vector sample : samples().toList()) {
            for (Problem mistake : mistakes(sample, sample.text("title"))) {
                met.add(difference(mistake));
            }
        }
        assertThat(met).containsAll(DIFFERENCES.keySet());
    }

    static Stream<Vector> samples() {
        return Vector.all("circus-samples.json");
    }

    private void check(Vector sample) throws Exception {
        List<Problem> mistakes = mistakes(sample, "samples/" + sample.text("title"));
        assertThat(mistakes)
                .allMatch(mistake -> isNotYet(mistake) || !difference(mistake).isEmpty());
        Set<String> but = new TreeSet<>();
        Vector rest = without(mistakes, sample, but);

        CircusConfig config = ConfigVectorsTest.load(rest, directory.resolve("rest/" + sample.text("title")));

        ConfigVectorsTest.compare(config, new Vector(sample.object("expect")), but);
    }

    /** What ours refuses in a sample; the samples have one file with mistakes at most, the main one. */
    private List<Problem> mistakes(Vector sample, String folder) throws IOException {
        try {
            ConfigVectorsTest.load(sample, directory.resolve(folder));
            return List.of();
        } catch (ConfigException mistakes) {
            return mistakes.problems();
        }
    }

    static boolean isNotYet(Problem mistake) {
        return mistake.text().contains(NOT_YET) || mistake.text().contains(NO_PYTHON) || isPlugin(mistake);
    }

    /** One that its users bring along, in Python. */
    private static boolean isPlugin(Problem mistake) {
        return mistake.text().startsWith("cannot use use = ");
    }

    /** Which of the differences this is; empty for none. */
    static String difference(Problem mistake) {
        return DIFFERENCES.keySet().stream()
                .filter(beginning -> mistake.text().startsWith(beginning))
                .findFirst()
                .orElse("");
    }

    /** The sample without the lines that are refused; a plugin goes with its section. Notes the options that cannot be compared then. */
    private static Vector without(List<Problem> mistakes, Vector sample, Set<String> but) {
        Map<String, String> files = sample.texts("files");
        List<String> lines = new ArrayList<>(
                List.of(Objects.requireNonNull(files.get("main.ini")).split("\n", -1)));
        for (Problem mistake : mistakes) {
            int index = mistake.line() - 1;
            if (isPlugin(mistake)) {
                while (!lines.get(index).startsWith("[")) {
                    index--;
                }
                but.add(lines.get(index).replaceAll("[\\[\\]]", ""));
                do {
                    lines.set(index++, "");
                } while (index < lines.size() && !lines.get(index).startsWith("["));
            } else if (mistake.text().contains(NO_CMD)) {
                lines.set(index, lines.get(index) + "\ncmd = x");
                but.add("cmd");
            } else {
                but.add(key(mistake, lines.get(index)));
                lines.set(index, "");
            }
        }
        files.put("main.ini", String.join("\n", lines));
        Map<String, Object> fields = new TreeMap<>(sample.fields());
        fields.put("files", files);
        return new Vector(fields);
    }

    /** What Circus's parser calls the option of a line. */
    private static String key(Problem mistake, String line) {
        Matcher named = KEY.matcher(mistake.text());
        String key = named.find() ? named.group(1) : line.replaceFirst("\\s*[=:].*", "");
        if (key.startsWith("rlimit_")) {
            return "rlimits";
        }
        return key.startsWith("hooks.") ? "hooks" : key;
    }

    /** The samples in which a difference shows, by its beginning; for the page. */
    Map<String, List<String>> titles() {
        return samples()
                .flatMap(sample -> {
                    try {
                        return mistakes(sample, sample.text("title")).stream()
                                .map(CircusSamplesTest::difference)
                                .filter(difference -> !difference.isEmpty())
                                .distinct()
                                .map(difference -> Map.entry(difference, sample.text("title")));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, TreeMap::new, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }
}

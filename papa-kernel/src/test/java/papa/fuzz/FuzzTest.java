package papa.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Input that follows what of our code it reaches (Jazzer, libFuzzer), against what reads bytes from outside: for some
 * seconds each in a build, {@code -Dcircus.fuzz=10m} for longer. It begins with all files in the resource folder {@code
 * fuzz/TARGET}: seeds, and whatever was found once. Each target has a JVM of its own, so that nothing that it does to itself
 * hurts other tests, and only there is anything instrumented. Its files stay in {@code target/fuzz/TARGET}, with the input
 * that it failed for.
 */
class FuzzTest {
    private static final Duration TIME =
            Duration.parse("PT" + System.getProperty("circus.fuzz", "2s").toUpperCase(Locale.ROOT));

    /** Not more at once: the test that waits takes nothing. */
    private static final ExecutorService TWO = Executors.newFixedThreadPool(2);

    private static final Map<Target, Future<Process>> RUNS = new EnumMap<>(Target.class);

    /** What is fuzzed. */
    enum Target {
        WORDS("papa.wire.WordsFuzz"),
        FRAMES("papa.wire.FramesFuzz"),
        STATE("papa.state.StateFuzz"),
        RESTORING("papa.kernel.RestoringFuzz");

        private final String entry;

        Target(String entry) {
            this.entry = entry;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Path folder() {
            return Path.of("target", "fuzz", word()).toAbsolutePath();
        }

        private Path seeds() {
            return Path.of("src", "test", "resources", "fuzz", word()).toAbsolutePath();
        }

        private String output() {
            try {
                return Files.readString(folder().resolve("output"), StandardCharsets.ISO_8859_1);
            } catch (IOException unreadable) {
                return unreadable.toString();
            }
        }
    }

    @BeforeAll
    static void begin() {
        String wanted = System.getProperty("circus.fuzz.target", "");
        for (Target each : Target.values()) {
            if (wanted.isEmpty() || wanted.equals(each.word())) {
                RUNS.put(each, TWO.submit(run(each)));
            }
        }
    }

    @AfterAll
    static void end() {
        TWO.shutdownNow();
    }

    static Stream<Target> chosen() {
        return RUNS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("chosen")
    void nothing_that_is_read_is_taken_amiss(Target target) throws Exception {
        Process ended = RUNS.get(target).get();
        assertEquals(0, ended.exitValue(), () -> "see " + target.folder() + "; " + target.output());
        assertTrue(
                target.output().matches("(?s).*\\sINITED cov: [1-9].*\\sDone [0-9]+ runs .*"),
                "nothing is covered, or it did not end: " + target.output());
    }

    private static Callable<Process> run(Target target) {
        return () -> {
            remove(target.folder());
            Path corpus = Files.createDirectories(target.folder().resolve("corpus"));
            Process fuzzer = new ProcessBuilder(command(target, corpus))
                    .directory(target.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(target.folder().resolve("output").toFile())
                    .start();
            try {
                fuzzer.getOutputStream().close();
                assertTrue(
                        fuzzer.waitFor(TIME.toSeconds() + 120, TimeUnit.SECONDS),
                        () -> "still runs: " + target.output());
                return fuzzer;
            } finally {
                fuzzer.destroyForcibly();
            }
        };
    }

    private static List<String> command(Target target, Path corpus) throws IOException {
        Path folder = target.folder();
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-Xshare:auto"));
        if (TIME.toSeconds() < 60) {
            words.add("-XX:TieredStopAtLevel=1");
        }
        words.addAll(List.of("-XX:+EnableDynamicAgentLoading", "-Djdk.attach.allowAttachSelf=true"));
        words.add("--enable-native-access=ALL-UNNAMED");
        words.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
        words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        words.add("com.code_intelligence.jazzer.Jazzer");
        words.add("--target_class=" + target.entry);
        words.addAll(List.of("--instrumentation_includes=papa.**", "--custom_hook_includes=papa.**"));
        words.add("--reproducer_path=" + folder);
        words.addAll(List.of("-artifact_prefix=" + folder + "/", "-max_total_time=" + TIME.toSeconds()));
        words.addAll(List.of("-max_len=8192", "-timeout=60", "-print_final_stats=1"));
        words.add("-rss_limit_mb=0"); // what it measures is also what the JVM had that has started it (getrusage(2))
        words.addAll(List.of(corpus.toString(), target.seeds().toString()));
        return words;
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}

package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.options.BadValueException;
import circus.options.CircusOptions;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.SocketOptions;
import circus.options.WatcherOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Circus itself makes of 116 configurations, recorded from it (contract/config-vectors.json), beside what ours makes of the same files.
 * Two tables hold the exceptions, and docs/compatibility.md shows them. Each entry is a test of its own, so that a vector leaves a table as
 * soon as it does not belong there.
 */
final class ConfigVectorsTest {
    private static final String CIRCUS = "[circus]";

    /** Vectors with options that this version refuses. */
    static final Map<Integer, String> REFUSED =
            Map.ofEntries(Map.entry(28, "there is no Java class m.h, and no module m for Python"));

    /** Vectors that ours treats in another way on purpose. */
    static final Map<Integer, Otherwise> OTHERWISE = Map.ofEntries(
            error(
                    7,
                    "a socket that does not exist, config.md 10",
                    "2: cannot replace $(circus.sockets.web) in [watcher:a]"),
            error(60, "a plugin that does not say what it is, contract A1", "1: cannot use [plugin:f]: it has no use"),
            error(
                    100,
                    "a plugin that does not exist, contract A1",
                    "2: cannot use use = a.b in [plugin:p]: there is no Java class a.b"),
            loads(15, "fractions of a second are fine, config.md 12", "a", "warmup_delay", 0.5),
            error(
                    17,
                    "virtualenv without copy_env, config.md 4.6",
                    "5: cannot use virtualenv = /v in [watcher:a]: it needs copy_env = true"),
            error(18, "a signal that does not exist, config.md 4.1", "15: cannot use stop_signal = 999 in [watcher:e]"),
            loads(20, "variables work in all options, config.md 12", "a", "stop_signal", 9L),
            error(24, "an unknown limit, config.md 4.2", "3: cannot use rlimit_zork = 5 in [watcher:a]"),
            error(36, "a file stream without a file, config.md 10", "4: cannot use stdout_stream.class = FileStream"),
            error(
                    41,
                    "a watcher without a cmd, config.md 4",
                    "1: cannot start a process of [watcher:a]: it has no cmd"),
            loads(43, "a duplicate goes with its continuation lines, config.md 1.2", "a", "cmd", "first"),
            loads(49, "fractions of a second are fine, config.md 12", CIRCUS, "warmup_delay", 0.5),
            error(54, "infinite delays, config.md 3", "2: cannot use check_delay = inf in [circus]"),
            error(57, "names that differ in case only, config.md 1.2", "3: cannot have another socket 'a'"),
            error(
                    69,
                    "the indented cmd leaves the watcher without one, config.md 4",
                    "1: cannot start a process of [watcher:a]"),
            loads(82, "a duplicate goes with its continuation lines, config.md 1.2", "a", "cmd", "main"),
            error(
                    85,
                    "copy_path without copy_env, config.md 4",
                    "3: cannot use copy_path = true in [watcher:a]: it needs copy_env = true"),
            error(
                    89,
                    "an endpoint that cannot be bound, config.md 10",
                    "2: cannot use endpoint = tcp://127.0.0.1:$(circus.env.P)"),
            loads(96, "variables work in all options, config.md 12", "a", "rlimits", Map.of("nofile", 5L)),
            error(97, "infinite delays, config.md 3", "3: cannot use graceful_timeout = nan in [watcher:a]"),
            error(
                    104,
                    "a socket that does not exist, config.md 10",
                    "3: cannot replace $(circus.sockets.s) in [watcher:a]"),
            error(
                    105,
                    "names that differ in case only, config.md 1.2",
                    "3: cannot have a watcher 'a' beside a watcher 'A'"),
            loads(110, "papa_endpoint counts again, DECISIONS.md", CIRCUS, "papa_endpoint", "tcp://127.0.0.1:20202"));

    /**
     * @param error what the first mistake begins with, as LINE: TEXT; empty when ours loads the file, and has {@code key = value} in that
     *     watcher or in the circus section then
     */
    record Otherwise(String reason, String error, String section, String key, Object value) {}

    private static Map.Entry<Integer, Otherwise> error(int id, String reason, String error) {
        return Map.entry(id, new Otherwise(reason, error, "", "", ""));
    }

    private static Map.Entry<Integer, Otherwise> loads(
            int id, String reason, String section, String key, Object value) {
        return Map.entry(id, new Otherwise(reason, "", section, key, value));
    }

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> means_what_it_means_to_circus() {
        return vectors()
                .filter(vector -> !REFUSED.containsKey(vector.id()) && !OTHERWISE.containsKey(vector.id()))
                .map(vector -> DynamicTest.dynamicTest(title(vector), () -> check(vector)));
    }

    @TestFactory
    Stream<DynamicTest> refuses_what_it_cannot_do_yet() {
        return vectors()
                .filter(vector -> REFUSED.containsKey(vector.id()))
                .map(vector -> DynamicTest.dynamicTest(
                        title(vector) + ": " + REFUSED.get(vector.id()),
                        () -> assertThat(errors(vector))
                                .extracting(Problem::text)
                                .anyMatch(text -> text.contains(" is not supported by this version")
                                        || text.contains("there is no Java class m.h "))));
    }

    @TestFactory
    Stream<DynamicTest> differs_on_purpose() {
        return vectors().filter(vector -> OTHERWISE.containsKey(vector.id())).map(vector -> {
            Otherwise ours = Objects.requireNonNull(OTHERWISE.get(vector.id()));
            return DynamicTest.dynamicTest(title(vector) + ": " + ours.reason(), () -> check(vector, ours));
        });
    }

    private void check(Vector vector, Otherwise ours) throws Exception {
        if (!ours.error().isEmpty()) {
            Problem first = errors(vector).get(0);
            assertThat(first.line() + ": " + first.text()).startsWith(ours.error());
            return;
        }
        CircusConfig config = load(vector);
        if (ours.section().equals(CIRCUS)) {
            assertThat(given(CircusOptions.ALL, config.options())).containsEntry(ours.key(), ours.value());
        } else {
            assertThat(config.watchers())
                    .filteredOn(watcher -> watcher.name().equals(ours.section()))
                    .singleElement()
                    .satisfies(watcher -> assertThat(describe(watcher)).containsEntry(ours.key(), ours.value()));
        }
    }

    private void check(Vector vector) throws Exception {
        if (vector.has("error")) {
            assertThat(errors(vector)).isNotEmpty();
            return;
        }
        CircusConfig config = load(vector);
        Vector expected = new Vector(vector.object("expect"));
        compare(config, expected, Set.of());
        for (String warning : expected.has("warnings") ? expected.list("warnings") : List.<String>of()) {
            String text = warning.replace("WARNING: ", "")
                    .replace("${DIR}", home(vector).toString());
            assertThat(config.warnings()).extracting(Problem::text).contains(text);
        }
    }

    /**
     * Compares a configuration with what Circus made of it.
     *
     * @param but options, and plugins, that do not count
     */
    static void compare(CircusConfig config, Vector expected, Set<String> but) {
        assertThat(without(but, given(CircusOptions.ALL, config.options())))
                .isEqualTo(without(but, expected.object("circus")));
        // Circus makes its own watcher for statistics not here, but when it starts.
        assertThat(config.watchers().stream()
                        .filter(each ->
                                !each.isResident() && PluginWatcher.kind(each).isEmpty())
                        .map(watcher -> without(but, describe(watcher))))
                .containsExactlyElementsOf(expected.objects("watchers").stream()
                        .map(watcher -> without(but, expectedWatcher(watcher)))
                        .toList());
        assertThat(config.watchers().stream()
                        .filter(each -> PluginWatcher.kind(each).isPresent())
                        .map(plugin -> without(but, describePlugin(plugin))))
                .containsExactlyElementsOf((expected.has("plugins") ? expected.objects("plugins") : List.<Vector>of())
                        .stream()
                                .filter(plugin -> !but.contains(plugin.text("name")))
                                .map(plugin -> without(but, texts(plugin)))
                                .toList());
        assertThat(config.sockets().stream().map(socket -> without(but, describe(socket))))
                .containsExactlyElementsOf(expected.objects("sockets").stream()
                        .map(socket -> without(but, expectedSocket(socket)))
                        .toList());
    }

    private static Map<String, Object> without(Set<String> but, Map<String, Object> values) {
        Map<String, Object> rest = new TreeMap<>(values);
        rest.keySet().removeAll(but);
        return rest;
    }

    private static Map<String, Object> describe(WatcherConfig watcher) {
        Map<String, Object> result = given(WatcherOptions.ALL, watcher.options());
        result.putAll(watcher.extras());
        result.put("name", watcher.name());
        result.put("child_env", watcher.environment());
        if (!watcher.limits().isEmpty()) {
            result.put("rlimits", watcher.limits());
        }
        watcher.stdout().ifPresent(stream -> result.put("stdout_stream", stream.report()));
        watcher.stderr().ifPresent(stream -> result.put("stderr_stream", stream.report()));
        return result;
    }

    private static Map<String, Object> describePlugin(WatcherConfig plugin) {
        Map<String, Object> result = new TreeMap<>(PluginWatcher.config(plugin));
        result.put("use", PluginWatcher.use(plugin));
        result.put("name", plugin.name());
        return result;
    }

    /** Circus reads the priority of plugins as a number, and nothing else. */
    private static Map<String, Object> texts(Vector plugin) {
        Map<String, Object> result = new TreeMap<>();
        plugin.fields().forEach((key, value) -> result.put(key, value.toString()));
        return result;
    }

    private static Map<String, Object> expectedWatcher(Vector node) {
        Map<String, Object> result = new TreeMap<>(node.fields());
        result.remove("env");
        result.computeIfPresent("rlimits", (key, limits) -> {
            Map<String, Object> byName = new TreeMap<>();
            ((Map<?, ?>) limits)
                    .forEach((name, value) ->
                            byName.put(name.toString().toLowerCase(Locale.ROOT), Objects.requireNonNull(value)));
            return byName;
        });
        result.computeIfPresent("check_flapping", (key, value) -> value.toString());
        // Circus's parser leaves these as texts.
        result.computeIfPresent("use_papa", (key, value) -> Boolean.valueOf(value.toString()));
        result.computeIfPresent("max_age", (key, value) -> Long.valueOf(value.toString()));
        result.computeIfPresent("max_age_variance", (key, value) -> Long.valueOf(value.toString()));
        return result;
    }

    private static Map<String, Object> describe(SocketConfig socket) {
        Map<String, Object> result = given(SocketOptions.ALL, socket.options());
        result.put("name", socket.name());
        return result;
    }

    /** The recorded texts, read as ours reads them: Circus leaves that to a later moment. */
    private static Map<String, Object> expectedSocket(Vector node) {
        Map<String, Object> result = new TreeMap<>();
        node.fields().forEach((key, value) -> {
            Optional<Option<?>> option = SocketOptions.ALL.stream()
                    .filter(each -> each.key().equals(key))
                    .findFirst();
            if (option.isEmpty()) {
                result.put(key, value);
            } else {
                putUnlessDefault(option.get(), value.toString(), result);
            }
        });
        return result;
    }

    private static <T> void putUnlessDefault(Option<T> option, String text, Map<String, Object> result) {
        try {
            T value = option.type().parse(text);
            if (!value.equals(option.byDefault())) {
                result.put(option.key(), Objects.requireNonNull(option.type().toJson(value)));
            }
        } catch (BadValueException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> given(List<Option<?>> options, OptionValues values) {
        Map<String, Object> result = new TreeMap<>();
        for (Option<?> option : options) {
            putGiven(option, values, result);
        }
        return result;
    }

    private static <T> void putGiven(Option<T> option, OptionValues values, Map<String, Object> result) {
        T value = values.get(option);
        if (!value.equals(option.byDefault()) && !Includes.OPTIONS.contains(option)) {
            result.put(option.key(), Objects.requireNonNull(option.type().toJson(value)));
        }
    }

    private CircusConfig load(Vector vector) throws Exception {
        return load(vector, home(vector));
    }

    /** Writes the files of a vector to an empty directory, and loads them. */
    static CircusConfig load(Vector vector, Path home) throws IOException, ConfigException {
        for (Map.Entry<String, String> file : vector.texts("files").entrySet()) {
            Path path = home.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.getValue());
        }
        return CircusConfig.load(home.resolve("main.ini"), vector.texts("environ"));
    }

    private List<Problem> errors(Vector vector) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> load(vector));
        assertThat(thrown).as("the configuration loads").isNotNull();
        return thrown.problems();
    }

    private Path home(Vector vector) {
        return directory.resolve(Integer.toString(vector.id()));
    }

    static Stream<Vector> vectors() {
        return Vector.all("config-vectors.json");
    }

    private static String title(Vector vector) {
        return vector.id() + " " + vector.text("title");
    }
}

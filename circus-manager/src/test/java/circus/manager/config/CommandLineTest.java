package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import circus.options.Arguments;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class CommandLineTest {
    /** Vectors that run a shell: Circus quotes cmd for it once more, ours does not (contract/DECISIONS.md, Q20). */
    private static final Set<Integer> SHELL = Set.of(26, 27, 28, 30, 31, 32);

    /** Vectors with nothing to run: Circus makes an empty list of them and fails later. */
    private static final Set<Integer> EMPTY = Set.of(24, 25);

    private static final int WID = 3;

    @TestFactory
    Stream<DynamicTest> makes_the_words_that_circus_makes() {
        return vectors()
                .filter(vector -> !SHELL.contains(vector.id()))
                .map(vector -> DynamicTest.dynamicTest(vector.id() + " " + vector.text("cmd"), () -> check(vector)));
    }

    @Test
    void all_vectors_with_a_shell_are_left_out_and_no_others() {
        assertThat(vectors().filter(vector -> vector.has("shell")).map(Vector::id))
                .containsExactlyInAnyOrderElementsOf(SHELL);
    }

    private static void check(Vector vector) throws Exception {
        CommandLine line = watcher(vector).commandLine();
        Map<String, Integer> sockets = new LinkedHashMap<>();
        vector.object("sockets").forEach((name, number) -> sockets.put(name, ((Long) number).intValue()));
        if (EMPTY.contains(vector.id())) {
            assertThatExceptionOfType(CommandLineException.class)
                    .isThrownBy(() -> line.argv(WID, sockets))
                    .withMessage("cannot start a process of watcher 'w': its cmd is empty; give cmd a program to run");
        } else if (vector.has("error")) {
            assertThatExceptionOfType(CommandLineException.class)
                    .isThrownBy(() -> line.argv(WID, sockets))
                    .withMessageContaining(vector.text("error"));
        } else {
            assertThat(line.argv(WID, sockets)).isEqualTo(vector.list("argv"));
        }
    }

    @Test
    void users_and_groups_are_told_by_their_numbers() throws Exception {
        assertThat(identity("root", "root")).containsExactly("prog", "0", "0");
        assertThat(identity("0", "")).containsExactly("prog", "0", "0");
        assertThat(identity("", "root")).containsExactly("prog", "None", "0");
        assertThat(identity("", "")).containsExactly("prog", "None", "None");
        assertThat(identity("no-such-user", "no-such-group")).containsExactly("prog", "no-such-user", "no-such-group");
    }

    private static List<String> identity(String user, String group) throws CommandLineException {
        OptionValues options = OptionValues.NONE
                .with(WatcherOptions.CMD, "prog $(circus.uid) ((CIRCUS.GID))")
                .with(WatcherOptions.UID, Optional.of(user).filter(word -> !word.isEmpty()))
                .with(WatcherOptions.GID, Optional.of(group).filter(word -> !word.isEmpty()));
        return new WatcherConfig("w", options, Map.of(), Map.of(), Optional.empty(), Optional.empty())
                .commandLine()
                .argv(1, Map.of());
    }

    @Test
    void a_shell_reads_cmd_itself_and_gets_the_arguments_as_they_are() throws Exception {
        assertThat(shell(
                        "prog a && echo $HOME | wc; x $(circus.wid)",
                        new Arguments.Text("c \"d e\" it\\'s"),
                        "z0 \"z 1\""))
                .containsExactly("/bin/sh", "-c", "prog a && echo $HOME | wc; x 3 c 'd e' 'it'\"'\"'s'", "z0", "z 1");
        assertThat(shell("prog", new Arguments.Words(List.of("x;y", "", "a=/b-c")), ""))
                .containsExactly("/bin/sh", "-c", "prog 'x;y' '' a=/b-c");
        assertThat(shell("echo it's", new Arguments.None(), "")).containsExactly("/bin/sh", "-c", "echo it's");
        assertThatExceptionOfType(CommandLineException.class)
                .isThrownBy(() -> shell(" ", new Arguments.None(), "x"))
                .withMessageContaining("its cmd is empty");
    }

    private static List<String> shell(String cmd, Arguments args, String shellArgs) throws CommandLineException {
        OptionValues values = OptionValues.NONE
                .with(WatcherOptions.CMD, cmd)
                .with(WatcherOptions.ARGS, args)
                .with(WatcherOptions.SHELL, true)
                .with(WatcherOptions.SHELL_ARGS, new Arguments.Text(shellArgs));
        return watcher(values).commandLine().argv(WID, Map.of());
    }

    @Test
    void what_cannot_be_split_is_told_with_its_option_and_text() {
        CommandLine line = new CommandLine(watcher("prog", "$(circus.wid) \"b"));
        assertThatExceptionOfType(CommandLineException.class)
                .isThrownBy(() -> line.argv(1, Map.of()))
                .withMessage("cannot split the args of watcher 'w' into words: No closing quotation in: 1 \"b")
                .satisfies(e -> assertThat(e.option()).isEqualTo(WatcherOptions.ARGS));
    }

    @Test
    void sockets_are_found_in_cmd_and_args_whatever_their_case() {
        CommandLine line = watcher(
                        "x $(circus.sockets.Web) ((CIRCUS.SOCKETS.b))", "$(circus.sockets.web) $(circus.sockets.c-1.x)")
                .commandLine();
        assertThat(line.sockets()).containsExactly("web", "b", "c-1.x");
    }

    @Test
    void sockets_are_found_in_a_list_of_arguments() {
        OptionValues values = OptionValues.NONE
                .with(WatcherOptions.CMD, "x")
                .with(WatcherOptions.ARGS, new Arguments.Words(List.of("--fd", "$(circus.sockets.web)")));
        assertThat(watcher(values).commandLine().sockets()).containsExactly("web");
    }

    @Test
    void of_variables_that_differ_in_case_the_last_one_counts() throws Exception {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("FOO", "1");
        environment.put("foo", "2");
        WatcherConfig watcher = new WatcherConfig(
                "w",
                OptionValues.NONE.with(WatcherOptions.CMD, "x $(circus.env.Foo)"),
                environment,
                Map.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(watcher.commandLine().argv(1, Map.of())).containsExactly("x", "2");
    }

    @Test
    void what_a_variable_holds_is_not_expanded_again() throws Exception {
        WatcherConfig watcher = new WatcherConfig(
                "w",
                OptionValues.NONE.with(WatcherOptions.CMD, "x $(circus.env.a)"),
                Map.of("a", "$(circus.wid)$1\\\\"),
                Map.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(watcher.commandLine().argv(1, Map.of())).containsExactly("x", "$(circus.wid)$1\\");
    }

    private static WatcherConfig watcher(String cmd, String args) {
        return watcher(
                OptionValues.NONE.with(WatcherOptions.CMD, cmd).with(WatcherOptions.ARGS, new Arguments.Text(args)));
    }

    private static WatcherConfig watcher(OptionValues values) {
        return new WatcherConfig("w", values, Map.of(), Map.of(), Optional.empty(), Optional.empty());
    }

    private static WatcherConfig watcher(Vector vector) throws Exception {
        OptionValues values = OptionValues.NONE.with(WatcherOptions.CMD, vector.text("cmd"));
        if (vector.has("args")) {
            values = values.with(
                    WatcherOptions.ARGS,
                    vector.value("args") instanceof String text
                            ? new Arguments.Text(text)
                            : new Arguments.Words(vector.list("args")));
        }
        if (vector.has("working_dir")) {
            values = values.with(WatcherOptions.WORKING_DIR, Optional.of(vector.text("working_dir")));
        }
        Map<String, String> stream = vector.texts("stdout_stream");
        String className = stream.remove("class");
        return new WatcherConfig(
                "w",
                values,
                vector.texts("env"),
                vector.texts("extras"),
                Optional.ofNullable(className).map(name -> new StreamConfig(name, stream)),
                Optional.empty());
    }

    private static Stream<Vector> vectors() {
        return Vector.all("argv-vectors.json");
    }
}

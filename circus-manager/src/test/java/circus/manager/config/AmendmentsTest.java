package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.manager.extension.Extensions;
import circus.message.CommandException;
import circus.message.Json;
import circus.message.JsonException;
import circus.options.OnSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** contract/options.md, sections 2 and 3. */
final class AmendmentsTest {
    private static final Accounts ACCOUNTS = new Accounts() {
        @Override
        public boolean hasUser(String user) {
            return List.of("nobody", "65534").contains(user);
        }

        @Override
        public boolean hasGroup(String group) {
            return List.of("nogroup", "65534").contains(group);
        }
    };

    private final Amendments amendments = new Amendments(
            IniHome.ENVIRONMENT,
            ACCOUNTS,
            new HookCheck(
                    new Extensions(List.of()), (kind, name, refused) -> refused.accept("and nobody asks Python")));

    @TempDir
    Path directory;

    private IniHome home;

    @BeforeEach
    void open() {
        home = new IniHome(directory);
    }

    private WatcherConfig watcher(String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = "[watcher:a]";
        all[1] = "cmd = x";
        System.arraycopy(lines, 0, all, 2, lines.length);
        return home.watcher(all);
    }

    private WatcherConfig set(WatcherConfig before, String options) {
        try {
            return amendments.apply(before, Json.readObject(options));
        } catch (CommandException | JsonException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private String refusal(WatcherConfig before, String options) {
        CommandException thrown =
                catchThrowableOfType(CommandException.class, () -> amendments.apply(before, Json.readObject(options)));
        assertThat(thrown).as(options).isNotNull();
        return thrown.code().errno() + " " + thrown.reason();
    }

    private WatcherConfig create(String cmd, String args, String options) {
        try {
            Object list = Json.read(args.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return amendments.create("new", cmd, list, Json.readObject(options), false);
        } catch (CommandException | JsonException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"zz\": 1}                              | 3 unknown key 'zz'",
                "{\"priority\": 1}                        | 3 unknown key 'priority'",
                "{\"executable\": \"x\"}                  | 3 unknown key 'executable'",
                "{\"flapping.window\": 1}                 | 3 unknown key 'flapping.window'",
                "{\"numprocesses\": \"2\"}                | 3 'numprocesses' isn't an integer",
                "{\"max_retry\": 1.5}                     | 3 'max_retry' isn't an integer",
                "{\"max_age\": null}                      | 3 'max_age' isn't an integer",
                "{\"stop_signal\": \"INT\"}               | 3 'stop_signal' isn't an integer",
                "{\"warmup_delay\": \"1\"}                | 3 'warmup_delay' isn't a number",
                "{\"graceful_timeout\": null}             | 3 'graceful_timeout' isn't a number",
                "{\"retry_in\": \"1\"}                    | 3 'retry_in' isn't a number",
                "{\"uid\": 1.5}                           | 3 'uid' isn't an integer or string",
                "{\"gid\": null}                          | 3 'gid' isn't an integer or string",
                "{\"shell\": 1}                           | 3 'shell' isn't a valid boolean",
                "{\"close_child_stdout\": \"yes\"}        | 3 'close_child_stdout' isn't a valid boolean",
                "{\"env\": [1]}                           | 3 'env' isn't a valid object",
                "{\"env\": null}                          | 3 'env' isn't a valid object",
                "{\"env\": {\"K\": 1}}                    | 3 'K' isn't a string",
                "{\"stdout_stream\": \"x\"}               | 3 'stdout_stream' isn't a valid object",
                "{\"stderr_stream\": {\"filename\": \"x\"}} | 3 'stderr_stream' must have a 'class' key",
                "{\"rlimit_zork\": 1}                     | 3 'rlimit_zork' isn't a valid rlimit setting",
                "{\"rlimit_nofile\": \"100\"}             | 3 '100' rlimit value isn't a valid int",
                "{\"hooks\": 1}                           | 3 1 isn't a valid hook dict",
                "{\"hooks\": {\"zz\": \"a.b\"}}           | 3 Unknown hook {'zz': 'a.b'}",
                "{\"uid\": \"zork\"}                      | 5 cannot set options of 'a': 'zork' isn't a valid user name",
                "{\"gid\": 12}                            | 5 cannot set options of 'a': No such group: '12'",
                "{\"singleton\": true, \"numprocesses\": 2} | 5 cannot set options of 'a': Singleton watcher has a single process",
                "{\"stdout_stream.max_bytes\": 1}         | 5 cannot set options of 'a': stream configuration invalid: there is no stream yet, so give stdout_stream.filename or stdout_stream.class too",
                "{\"cmd\": \"sh -c '\"}                   | 5 cannot set options of 'a': cannot split the cmd of watcher 'a' into words: No closing quotation in: sh -c '",
                "{\"cmd\": \"\"}                          | 5 cannot set options of 'a': cannot start a process of watcher 'a': its cmd is empty; give cmd a program to run",
            })
    void what_cannot_be_is_refused_in_the_words_of_circus(String options, String answer) {
        assertThat(refusal(watcher(), options)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"numprocesses\": 4}           | numprocesses = 4",
                "{\"numprocesses\": -4}          | numprocesses = 0",
                "{\"warmup_delay\": 0.5}         | warmup_delay = 0.5",
                "{\"working_dir\": \"/srv\"}     | working_dir = /srv",
                "{\"uid\": \"nobody\"}           | uid = nobody",
                "{\"gid\": 65534}                | gid = 65534",
                "{\"cmd\": \"y z\"}              | cmd = y z",
                "{\"args\": \"-v\"}              | args = -v",
                "{\"max_retry\": -1}             | max_retry = -1",
                "{\"respawn\": false}            | respawn = no",
                "{\"singleton\": true}           | singleton = yes",
                "{\"close_child_stdout\": true}  | close_child_stdout = yes",
                "{\"backoff\": 1}                | backoff = 1",
                "{\"rlimit_NOFILE\": 100}        | rlimit_nofile = 100",
                "{\"rlimit_core\": null}         | rlimit_core =",
                "{\"stdout_stream.filename\": \"/l\", \"stdout_stream.max_bytes\": 5} | stdout_stream.filename = /l",
                "{\"stderr_stream\": {\"class\": \"StdoutStream\"}} | stderr_stream.class = StdoutStream",
                "{\"copy_env\": true}            | copy_env = yes",
                "{\"retry_in\": 2}               | retry_in = 2",
            })
    void what_is_set_is_what_the_file_would_say(String options, String line) {
        WatcherConfig changed = set(watcher("args = $(circus.env.home)", "working_dir = $(circus.env.home)"), options);
        WatcherConfig written = watcher("args = $(circus.env.home)", "working_dir = $(circus.env.home)", line);
        if (line.startsWith("args") || line.startsWith("working_dir")) {
            written = watcher(
                    line.startsWith("args") ? "working_dir = $(circus.env.home)" : "args = $(circus.env.home)", line);
        }
        if (line.startsWith("cmd")) {
            written =
                    home.watcher("[watcher:a]", line, "args = $(circus.env.home)", "working_dir = $(circus.env.home)");
        }
        if (line.contains("filename")) {
            written = set(written, "{\"stdout_stream.max_bytes\": 5}");
        }
        assertThat(ConfigKeys.of(changed)).isEqualTo(ConfigKeys.of(written));
        assertThat(changed.environment()).isEqualTo(written.environment());
        assertThat(changed.digest()).isEqualTo(written.digest());
    }

    @Test
    void an_environment_takes_the_place_of_the_whole() {
        home.with("x.ini");
        WatcherConfig before =
                home.watcher("[watcher:a]", "cmd = x", "copy_env = yes", "[env:a]", "A = $HOME", "B = 2");
        WatcherConfig after = set(before, "{\"env\": {\"B\": \"3\"}}");
        assertThat(after.environment()).isEqualTo(Map.of("B", "3"));
        assertThat(ConfigKeys.differences(before, after)).containsExactly("copy_env", "env.A", "env.B");
        assertThat(set(after, "{\"copy_env\": true}").environment())
                .containsEntry("HOME", "/root")
                .containsEntry("B", "3")
                .doesNotContainKey("A");
        assertThat(set(before, "{\"copy_env\": false}").environment()).isEqualTo(Map.of("A", "/root", "B", "2"));
    }

    @Test
    void a_virtual_environment_stays_whatever_is_set() throws Exception {
        Path root = directory.resolve("v");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("lib/python3.11/site-packages"));
        WatcherConfig before = watcher("copy_env = yes", "virtualenv = " + root);
        assertThat(set(before, "{\"env\": {\"A\": \"1\"}}").environment())
                .containsEntry("A", "1")
                .containsEntry("PATH", root + "/bin")
                .doesNotContainKey("HOME");
        assertThat(set(before, "{\"copy_env\": true}")).isEqualTo(before);
        assertThat(refusal(before, "{\"copy_env\": false}"))
                .isEqualTo("5 cannot set options of 'a': virtualenv needs copy_env = true");
    }

    @Test
    void a_stream_keeps_its_class_until_another_is_given() {
        WatcherConfig before = watcher("stdout_stream.class = FileStream", "stdout_stream.filename = /l");
        assertThat(set(before, "{\"stdout_stream.filename\": \"/m\"}").stdout())
                .contains(new StreamConfig("FileStream", Map.of("filename", "/m")));
        assertThat(set(before, "{\"stdout_stream\": {\"class\": \"StdoutStream\"}}")
                        .stdout())
                .contains(new StreamConfig("StdoutStream", Map.of()));
        WatcherConfig console = watcher("stdout_stream.class = StdoutStream");
        assertThat(refusal(console, "{\"stdout_stream.filename\": \"/m\"}"))
                .isEqualTo("5 cannot set options of 'a': stdout_stream.filename has no effect on a StdoutStream; give"
                        + " stdout_stream.class too");
        assertThat(refusal(console, "{\"stdout_stream.class\": \"QueueStream\"}"))
                .contains("stdout_stream.class = QueueStream: nobody could read that queue");
        assertThat(refusal(before, "{\"stdout_stream.color\": \"red\"}"))
                .contains("stdout_stream.color has no effect on a FileStream; give stdout_stream.class too");
        assertThat(refusal(before, "{\"stdout_stream.max_byte\": 5}"))
                .contains("stdout_stream.max_byte is not an option of a stream; did you mean stdout_stream.max_bytes?");
        assertThat(refusal(before, "{\"stdout_stream.class\": \"TimedRotatingFileStream\"}"))
                .contains("it needs stdout_stream.rotate_when too");
        WatcherConfig timed = set(
                before, "{\"stdout_stream.class\": \"TimedRotatingFileStream\", \"stdout_stream.rotate_when\": \"h\"}");
        assertThat(set(timed, "{\"stdout_stream.utc\": true}").stdout())
                .contains(new StreamConfig(
                        "TimedRotatingFileStream", Map.of("filename", "/l", "rotate_when", "h", "utc", "True")));
        assertThat(refusal(before, "{\"stdout_stream.max_bytes\": \"many\"}")).contains("'many' is not an integer");
    }

    @Test
    void all_options_of_a_set_count_or_none() {
        WatcherConfig before = watcher();
        assertThat(refusal(before, "{\"cmd\": \"y\", \"zz\": 1}")).startsWith("3");
        assertThat(set(before, "{}")).isEqualTo(before);
    }

    @Test
    void the_strongest_action_counts() {
        assertThat(Amendments.action(List.of())).isEqualTo(OnSet.NOTHING);
        assertThat(Amendments.action(List.of("graceful_timeout", "stop_signal")))
                .isEqualTo(OnSet.NOTHING);
        assertThat(Amendments.action(List.of("graceful_timeout", "numprocesses")))
                .isEqualTo(OnSet.RESIZE);
        assertThat(Amendments.action(List.of("env", "numprocesses"))).isEqualTo(OnSet.RELOAD);
        assertThat(Amendments.action(List.of("rlimit_nofile"))).isEqualTo(OnSet.RELOAD);
    }

    @Test
    void hooks_are_looked_for_before_they_count() {
        assertThat(refusal(watcher(), "{\"hooks.before_start\": \"a.b,true\"}"))
                .startsWith("5 cannot set options of 'a': there is no Java class a.b on the class path");
        assertThat(set(watcher(), "{\"hooks.before_start\": \"exec:true,true\"}")
                        .hooks())
                .isEqualTo(Map.of("before_start", "exec:true,true"));
    }

    @Test
    void a_watcher_is_created_with_the_defaults_of_add() {
        WatcherConfig made = create(
                "sleep 301", "null", "{\"numprocesses\": 2, \"graceful_timeout\": 1, \"env\": {\"A\": \"$HOME\"}}");
        assertThat(made.name()).isEqualTo("new");
        assertThat(made.environment()).isEqualTo(Map.of("A", "$HOME"));
        assertThat(made.report())
                .containsEntry("args", null)
                .containsEntry("cmd", "sleep 301")
                .containsEntry("numprocesses", 2L)
                .containsEntry("graceful_timeout", 1.0);
        assertThat(create("x", "[\"a b\", \"c\"]", "{}").report()).containsEntry("args", List.of("a b", "c"));
        assertThat(create("x", "\"-v\"", "{\"copy_env\": true}").environment()).containsEntry("HOME", "/root");
        assertThat(create("x", "null", "{\"rlimit_nofile\": 100, \"rlimit_core\": null}")
                        .limits())
                .isEqualTo(Map.of("nofile", 100L, "core", -1L));
        assertThat(create("x", "null", "{\"stdout_stream\": {\"class\": \"FileStream\", \"filename\": \"/l\"}}")
                        .stdout())
                .contains(new StreamConfig("FileStream", Map.of("filename", "/l")));
    }

    @Test
    void a_watcher_that_cannot_be_is_not_created() {
        assertThat(catchThrowableOfType(CommandException.class, () -> amendments.create("", "x", null, Map.of(), false))
                        .code()
                        .errno())
                .isEqualTo(3);
        assertThat(catchThrowableOfType(
                        CommandException.class,
                        () -> amendments.create("w", "x", null, Map.of("singleton", true, "numprocesses", 3L), false)))
                .hasMessage("cannot add 'w': Cannot have 3 processes with a singleton  watcher");
        assertThat(catchThrowableOfType(CommandException.class, () -> amendments.create("w", "x", 5L, Map.of(), false)))
                .hasMessageContaining("'args' isn't");
    }

    @Test
    void a_stored_watcher_reads_back_as_the_same() throws Exception {
        WatcherConfig made = create(
                "sleep 301",
                "[\"a\"]",
                "{\"numprocesses\": 2, \"env\": {\"A\": \"1\"}, \"rlimit_core\": null, \"working_dir\": null,"
                        + " \"stdout_stream\": {\"class\": \"FileStream\", \"filename\": \"/l\"}, \"retry_in\": 2}");
        assertReadsBack(made);
        assertReadsBack(create("x", "null", "{\"copy_env\": true, \"env\": {}}"));
        assertReadsBack(home.watcher(
                "[circus]",
                "use_papa = yes",
                "[watcher:a]",
                "cmd = $(circus.env.home)/run",
                "copy_env = yes",
                "rlimit_nofile = 5",
                "foo = bar",
                "stderr_stream.class = StdoutStream",
                "[env:a]",
                "P = $PATH:/opt"));
    }

    private static void assertReadsBack(WatcherConfig watcher) throws Exception {
        String json = Json.write(StoredWatcher.toJson(watcher));
        assertThat(StoredWatcher.fromJson(Json.readObject(json), IniHome.ENVIRONMENT))
                .as(json)
                .isEqualTo(watcher);
    }

    @Test
    void the_value_of_a_key_is_what_set_takes_to_get_there() throws Exception {
        WatcherConfig before = watcher();
        String options = "{\"cmd\": \"y\", \"args\": [\"a\"], \"env\": {\"A\": \"1\"}, \"rlimit_NOFILE\": 7,"
                + " \"stdout_stream\": {\"class\": \"FileStream\", \"filename\": \"/l\"},"
                + " \"stdout_stream.max_bytes\": 5, \"uid\": \"nobody\", \"backoff\": 2.5}";
        WatcherConfig after = set(before, options);
        WatcherConfig again = before;
        for (String key : Json.readObject(options).keySet()) {
            String json = Json.write(java.util.Collections.singletonMap(key, ConfigKeys.value(after, key)));
            again = set(again, json);
        }
        assertThat(again).isEqualTo(after);
        assertThat(ConfigKeys.value(after, "env.A")).isEqualTo("1");
        assertThat(ConfigKeys.value(before, "env.A")).isNull();
    }

    @Test
    void differences_are_told_by_the_keys_of_the_file_whatever_the_environment_of_circusd() throws Exception {
        home.with(
                "main.ini",
                "[watcher:a]",
                "cmd = $(circus.env.home)/run",
                "copy_env = yes",
                "rlimit_NOFILE = $(circus.env.n)",
                "[env:a]",
                "PATH = /opt:$PATH");
        Path file = home.path("main.ini");
        WatcherConfig one = CircusConfig.load(file, Map.of("HOME", "/a", "PATH", "/bin", "N", "5"))
                .watchers()
                .get(0);
        WatcherConfig other = CircusConfig.load(file, Map.of("HOME", "/b", "PATH", "/usr/bin", "N", "6", "X", "1"))
                .watchers()
                .get(0);
        assertThat(ConfigKeys.differences(one, other)).isEmpty();
        assertThat(ConfigKeys.differences(
                        watcher("foo = 1", "rlimit_core = 1", "max_age = 0"),
                        watcher("stdout_stream.filename = /l", "foo = 2", "numprocesses = 1")))
                .containsExactly("foo", "rlimit_core", "stdout_stream.class", "stdout_stream.filename");
    }

    @Test
    void the_systems_accounts_are_asked() {
        SystemAccounts accounts = new SystemAccounts();
        assertThat(List.of(
                        accounts.hasUser("root"),
                        accounts.hasUser("0"),
                        accounts.hasGroup("root"),
                        accounts.hasGroup("0")))
                .containsOnly(true);
        assertThat(List.of(
                        accounts.hasUser("no-such-user"),
                        accounts.hasUser("4000000123"),
                        accounts.hasUser(""),
                        accounts.hasGroup("no-such-group")))
                .containsOnly(false);
    }

    @Test
    void a_name_is_printable_and_not_too_long() {
        for (String name : List.of("\ud800", "a\u0000", "a\nb", "x".repeat(201))) {
            assertThatThrownBy(() -> amendments.create(name, "x", null, Map.of(), false))
                    .as(name)
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("it has to be printable text of 200 characters at the most");
        }
        assertThatCode(() -> amendments.create("ein Häuschen \ud83c\udfe0", "x", null, Map.of(), false))
                .doesNotThrowAnyException();
    }

    @Test
    void what_could_not_be_kept_is_refused() {
        String huge = "{\"args\": \"" + "x".repeat(200_000) + "\"}";
        assertThat(refusal(watcher(), huge))
                .contains("cannot set options of 'a': its options would be 2", "200000 is the most that can be kept");
    }
}

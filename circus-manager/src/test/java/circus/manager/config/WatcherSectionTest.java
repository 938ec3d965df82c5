package circus.manager.config;

import static circus.options.WatcherOptions.NUMPROCESSES;
import static circus.options.WatcherOptions.STOP_SIGNAL;
import static circus.options.WatcherOptions.USE_PAPA;
import static circus.options.WatcherOptions.WARMUP_DELAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WatcherSectionTest {
    @TempDir
    Path directory;

    private IniHome home;

    @BeforeEach
    void open() {
        home = new IniHome(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numprocesses = two|'two' is not an integer",
                "numprocesses = 1.5|'1.5' is not an integer",
                "numprocesses = 3 # three|'3 # three' is not an integer; a comment after a value begins with ' ;', not with '#'",
                "respawn = maybe|'maybe' is not a boolean (write yes or no)",
                "autostart =|'' is not a boolean (write yes or no)",
                "graceful_timeout = soon|'soon' is not a number of seconds",
                "graceful_timeout = -1|'-1' is not a number of seconds from 0 on",
                "warmup_delay = x|'x' is not a number of seconds",
                "stop_signal = BOGUS|'BOGUS' is not a signal (a name such as TERM, or 1 to 64)",
                "priority = high|'high' is not an integer",
                "max_retry =|'' is not an integer",
                "max_age = old|'old' is not an integer",
                "stdout_stream = FileStream|a stream is described by options such as stdout_stream.filename",
                "stderr_streamer.x = y|a stream is described by options such as stderr_stream.filename",
                "stdout_stream.class = WatchedFileStream|it needs stdout_stream.filename too",
                "stdout_stream.class = JSONStream|it is none of FileStream, TimedRotatingFileStream, WatchedFileStream, JsonStream, StdoutStream, FancyStdoutStream, SyslogStream and no class of Java or Python with a dot in its name; did you mean JsonStream?",
                "stdout_stream.class = QueueStream|nobody could read that queue but Circus's own process; write to a file, or name a class of yours",
                "stdout_stream.class = no.such.Stream|there is no Java class no.such.Stream on the class path or in extension_path, and no python3 on circusd's PATH that could import a Python stream of that name",
                "stdout_stream.class = java.lang.String|java.lang.String is no circus.stream.OutputStreamer",
                "stdout_stream.class = FileStream|it needs stdout_stream.filename too",
                "rlimit_zork = 5|'zork' is not a resource limit (as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile,"
                        + " nproc, rss, rtprio, rttime, sigpending, stack)",
                "rlimit_nofile = lots|'lots' is not an integer",
                "rlimit_nofile = 0|'0' is not a value of the limit nofile (from 1 on, or nothing for no limit)",
                "rlimit_core = -2|'-2' is not a value of the limit core (from 0 on, or nothing for no limit)",
                "hooks = x|this is no option of a file",
                "rlimits = x|this is no option of a file"
            })
    void a_bad_value_is_told_with_its_place_and_cause(String line, String cause) {
        assertThat(home.errors("[watcher:a]", "cmd = x", line))
                .containsExactly("3: cannot use " + spaced(line) + " in [watcher:a]: " + cause);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hooks.befor_start = exec:/bin/true|there is no hook of that name; did you mean hooks.before_start?",
                "hooks.sometimes = exec:/bin/true|there is no hook of that name",
                "hooks.before_start = exec:|no program stands behind exec:",
                "hooks.before_start = exec:sh -c 'x|the command line cannot be split: No closing quotation",
                "hooks.before_start = a.b,maybe|'maybe' is not a boolean (write yes or no)",
                "hooks.before_start = ,true|it names no hook; write exec:/path/to/program, or the name of a Java class",
                "hooks.before_start = java.lang.String|java.lang.String is no circus.hook.Hook",
                "hooks.before_start = java.lang.String.trim|java.lang.String has no public method trim that takes a circus.hook.HookCall",
                "hook_timeout = 0|'0' is not a number of seconds above 0"
            })
    void a_hook_that_cannot_run_is_told(String line, String cause) {
        assertThat(home.errors("[watcher:a]", "cmd = x", line))
                .containsExactly("3: cannot use " + line + " in [watcher:a]: " + cause);
    }

    @Test
    void hooks_are_kept_as_they_are_written() throws Exception {
        WatcherConfig watcher = home.watcher(
                "[watcher:a]",
                "cmd = x",
                "hooks.before_start = exec:/bin/sh -c 'a, b', true",
                "hooks.after_stop = exec:true");
        assertThat(watcher.hooks())
                .containsExactly(
                        Map.entry("before_start", "exec:/bin/sh -c 'a, b', true"),
                        Map.entry("after_stop", "exec:true"));
        HookSpec spec = HookSpec.parse("exec:/bin/sh -c 'a, b', true");
        assertThat(spec.words()).containsExactly("/bin/sh", "-c", "a, b");
        assertThat(spec.forgiving()).isTrue();
    }

    @Test
    void a_program_that_is_not_there_is_a_warning_since_it_may_come() throws Exception {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "hooks.before_start = exec:/no/such"))
                .containsExactly(
                        "3: hooks.before_start in [watcher:a]: /no/such is no program that circusd may run, so the hook fails as"
                                + " long as that is so");
    }

    /** An empty value is shown with a blank after the equals sign. */
    private static String spaced(String line) {
        return line.endsWith("=") ? line + " " : line;
    }

    @Test
    void not_asking_for_what_is_refused_is_fine() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "shell = no")).isEmpty();
    }

    @Test
    void whose_standard_input_processes_inherit_is_told() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "close_child_stdin = no"))
                .containsExactly(
                        "3: close_child_stdin = false in [watcher:a] gives processes the standard input of papa, not of"
                                + " circusd; that is /dev/null, too, unless papa was started with another one");
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x",
                        "close_child_stdin = no",
                        "stdin_socket = s",
                        "[socket:s]",
                        "port = 0"))
                .isEmpty();
    }

    @Test
    void an_option_without_effect_at_its_default_is_not_worth_a_word() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "send_hup = no", "max_age = 0", "close_child_stdin = yes"))
                .isEmpty();
    }

    @Test
    void limits_are_numbers_by_name_and_nothing_means_no_limit() {
        WatcherConfig watcher = home.watcher(
                "[watcher:a]",
                "cmd = x $(circus.rlimits.nofile)",
                "rlimit_NoFile = $(circus.env.N)",
                "rlimit_core =",
                "rlimit_as = -1",
                "[env]",
                "N = 500");
        assertThat(watcher.limits()).isEqualTo(Map.of("nofile", 500L, "core", -1L, "as", -1L));
        assertThat(watcher.extras()).isEmpty();
        assertThat(home.errors("[watcher:a]", "cmd = x", "rlimit_core = 1", "rlimit_CORE = 2"))
                .containsExactly("4: cannot use rlimit_CORE = 2 in [watcher:a]: the limit core is set twice");
    }

    @Test
    void a_watcher_has_a_command_that_can_be_split() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "foo = x",
                        "[watcher:b]",
                        "args = y",
                        "cmd =",
                        "[watcher:c]",
                        "cmd = \"x",
                        "[watcher:d]",
                        "cmd = x",
                        "args = 'y"))
                .containsExactly(
                        "1: cannot start a process of [watcher:a]: it has no cmd",
                        "5: cannot start a process of [watcher:b]: it has no cmd",
                        "7: cannot split the cmd of watcher 'c' into words: No closing quotation in: \"x",
                        "10: cannot split the args of watcher 'd' into words: No closing quotation in: 'y");
    }

    @Test
    void a_singleton_has_one_process_at_most() {
        assertThat(home.errors("[watcher:a]", "cmd = x", "singleton = yes", "numprocesses = 2"))
                .containsExactly(
                        "4: cannot have 2 processes with a singleton watcher in [watcher:a]; remove singleton, or make it 1");
        assertThat(home.warnings("[watcher:a]", "cmd = x", "singleton = yes", "numprocesses = 0"))
                .isEmpty();
    }

    @Test
    void no_process_at_all_is_doubtful() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "numprocesses = 0"))
                .containsExactly("3: Non-singleton watcher a with numprocesses=0 won't start any process");
        assertThat(home.warnings("[watcher:a]", "cmd = x", "numprocesses = -3"))
                .containsExactly("3: Non-singleton watcher a with numprocesses=-3 won't start any process");
    }

    @Test
    void unknown_options_are_kept_for_plugins_and_misspelled_ones_are_told() {
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x",
                        "foo = 1",
                        "flapping.window = 2",
                        "numproceses = 3",
                        "hook.x = 4",
                        "NumProcesses = 4"))
                .containsExactly(
                        "5: numproceses in [watcher:a] is not an option of Circus and is only kept for plugins; did you mean numprocesses?",
                        "6: hook.x in [watcher:a] is not an option of Circus and is only kept for plugins; did you mean hooks.x?",
                        "7: NumProcesses in [watcher:a] is not an option of Circus and is only kept for plugins; did you mean numprocesses?");
        assertThat(home.watcher("[watcher:a]", "cmd = x", "foo = $(circus.env.user)", "my key = 5")
                        .extras())
                .isEqualTo(Map.of("foo", "tarek", "my key", "5"));
    }

    @Test
    void the_socket_of_standard_input_must_be_there() {
        assertThat(home.errors("[watcher:a]", "cmd = x", "stdin_socket = web"))
                .containsExactly("3: cannot use stdin_socket = web in [watcher:a]: there is no section [socket:web]");
        assertThat(home.warnings("[watcher:a]", "cmd = x", "stdin_socket = Web", "[socket:wEB]", "port = 80"))
                .isEmpty();
    }

    @Test
    void arguments_of_a_shell_need_a_shell() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "shell_args = a"))
                .containsExactly("3: shell_args in [watcher:a] has no effect without shell = true");
        assertThat(home.warnings("[watcher:a]", "cmd = x", "shell_args = a", "shell = yes"))
                .isEmpty();
        assertThat(home.errors("[watcher:a]", "cmd = x", "shell_args = $(circus.sockets.web)", "shell = yes"))
                .containsExactly(
                        "3: cannot replace $(circus.sockets.web) in [watcher:a]: there is no section [socket:web]");
    }

    @Test
    void a_plain_env_line_has_no_effect() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "env = A=1"))
                .containsExactly("3: env in [watcher:a] has no effect; write a section [env:a]");
    }

    @Test
    void the_old_notation_for_the_worker_number_is_told() {
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x $(circus.wdi) $(circus.wid) $(circus.numprocesses)",
                        "args = ((circus.Foo))",
                        "foo = 1"))
                .containsExactly(
                        "2: $(circus.wdi) in cmd of [watcher:a] stays as it is, since nothing is called that",
                        "3: $(circus.foo) in args of [watcher:a] stays as it is, since nothing is called that");
        assertThat(home.warnings("[watcher:a]", "cmd = x $WID"))
                .containsExactly("2: $WID in cmd of [watcher:a] stays as it is; write $(circus.wid)");
    }

    @Test
    void delays_may_be_fractions_and_signals_may_be_variables() {
        WatcherConfig watcher = home.watcher(
                "[watcher:a]", "cmd = x", "warmup_delay = 0.5", "stop_signal = $(circus.env.SIG)", "[env]", "SIG = 9");
        assertThat(watcher.options().get(WARMUP_DELAY)).isEqualTo(0.5);
        assertThat(watcher.options().get(STOP_SIGNAL)).isEqualTo(9);
    }

    @Test
    void a_variable_that_does_not_exist_is_told() {
        assertThat(home.warnings("[watcher:a]", "cmd = x $(circus.env.nope) $(circus.foo)"))
                .containsExactly(
                        "2: $(circus.env.nope) in cmd of [watcher:a] stays as it is, since there is no such variable",
                        "2: $(circus.foo) in cmd of [watcher:a] stays as it is, since nothing is called that");
        assertThat(home.errors("[watcher:a]", "cmd = x", "numprocesses = $(circus.env.NP)"))
                .containsExactly(
                        "3: cannot use numprocesses = $(circus.env.NP) in [watcher:a]: '$(circus.env.NP)' is not an integer");
    }

    @Test
    void a_name_may_be_overridden_and_then_counts_for_environments_too() {
        WatcherConfig watcher = home.watcher("[watcher:a]", "cmd = x", "name = b", "[env:b]", "X = 1");
        assertThat(watcher.name()).isEqualTo("b");
        assertThat(watcher.environment()).isEqualTo(Map.of("X", "1"));
        assertThat(watcher.extras()).isEmpty();
    }

    @Test
    void doubtful_names_are_told() {
        assertThat(home.warnings("[watcher:a.b]", "cmd = x", "[watcher:]", "cmd = x"))
                .containsExactly(
                        "1: the name of [watcher:a.b] has a dot, so those who read events and statistics take a part of it for something else",
                        "3: [watcher:] has no name, so no command can reach it");
    }

    @Test
    void use_papa_comes_from_the_circus_section_unless_the_watcher_says_otherwise() {
        CircusConfig config = home.load(
                "[watcher:a]", "cmd = x", "[watcher:b]", "cmd = x", "use_papa = no", "[circus]", "use_papa = yes");
        assertThat(config.watchers().get(0).options().get(USE_PAPA)).isTrue();
        assertThat(config.watchers().get(0).options().isGiven(USE_PAPA)).isFalse();
        assertThat(config.watchers().get(1).options().get(USE_PAPA)).isFalse();
    }

    @Test
    void a_file_name_alone_makes_a_file_stream() {
        WatcherConfig watcher = home.watcher(
                "[watcher:a]",
                "cmd = x",
                "stdout_stream.time_format = %H",
                "stdout_stream.filename = /l/$(circus.env.user)",
                "stderr_stream.class = StdoutStream");
        assertThat(watcher.stdout())
                .contains(new StreamConfig("FileStream", Map.of("time_format", "%H", "filename", "/l/tarek")));
        assertThat(watcher.stderr()).contains(new StreamConfig("StdoutStream", Map.of()));
        assertThat(watcher.extras()).isEmpty();
    }

    @Test
    void options_of_a_stream_that_do_nothing_are_told() {
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.filename = /l",
                        "stdout_stream.max_bytes = 10",
                        "stdout_stream.backup_count = 0",
                        "stdout_stream.filenam = /m",
                        "stdout_stream.zork = 1",
                        "stderr_stream.class = StdoutStream",
                        "stderr_stream.filename = /n"))
                .containsExactly(
                        "6: stdout_stream.filenam in [watcher:a] is not an option of a stream; did you mean stdout_stream.filename?",
                        "7: stdout_stream.zork in [watcher:a] is not an option of a stream",
                        "9: stderr_stream.filename in [watcher:a] has no effect on a StdoutStream");
    }

    @Test
    void all_mistakes_of_a_stream_are_told_at_once() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.class = TimedRotatingFileStream",
                        "stdout_stream.filename = /l",
                        "stdout_stream.rotate_when = W7",
                        "stdout_stream.rotate_interval = 0",
                        "stdout_stream.utc = maybe",
                        "stdout_stream.prefix = watcher, name",
                        "stdout_stream.file_mode = 899",
                        "stdout_stream.overflow = wait",
                        "stderr_stream.class = SyslogStream",
                        "stderr_stream.address = host:514",
                        "stderr_stream.facility = local9",
                        "stderr_stream.tag = a b",
                        "stderr_stream.overflow_after = -1"))
                .containsExactly(
                        "5: cannot use stdout_stream.rotate_when = W7 in [watcher:a]: Invalid day specified for weekly"
                                + " rollover: W7",
                        "6: cannot use stdout_stream.rotate_interval = 0 in [watcher:a]: '0' is not an interval (1 to 999999)",
                        "7: cannot use stdout_stream.utc = maybe in [watcher:a]: 'maybe' is not a boolean (write yes or no)",
                        "8: cannot use stdout_stream.prefix = watcher, name in [watcher:a]: 'name' is none of watcher, wid, pid",
                        "9: cannot use stdout_stream.file_mode = 899 in [watcher:a]: '899' is not the mode of a file, in octal"
                                + " digits (000 to 777)",
                        "10: cannot use stdout_stream.overflow = wait in [watcher:a]: 'wait' is none of drop, block",
                        "12: cannot use stderr_stream.address = host:514 in [watcher:a]: 'host:514' is not udp://HOST:PORT,"
                                + " tcp://HOST:PORT or the path of a socket",
                        "13: cannot use stderr_stream.facility = local9 in [watcher:a]: 'local9' is none of user, mail,"
                                + " daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, local0, local1, local2,"
                                + " local3, local4, local5, local6, local7",
                        "14: cannot use stderr_stream.tag = a b in [watcher:a]: 'a b' is not a word of 1 to 48 letters,"
                                + " digits and signs of ASCII",
                        "15: cannot use stderr_stream.overflow_after = -1 in [watcher:a]: '-1' is not a number of seconds"
                                + " from 0 on");
    }

    @Test
    void what_a_stream_needs_is_told() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.class = TimedRotatingFileStream",
                        "stdout_stream.filename = /l",
                        "stderr_stream.class = JsonStream",
                        "stderr_stream.filename = /m",
                        "stderr_stream.max_bytes = 10",
                        "stderr_stream.rotate_when = midnight"))
                .containsExactly(
                        "3: cannot use stdout_stream.class = TimedRotatingFileStream in [watcher:a]: it needs"
                                + " stdout_stream.rotate_when too: S, M, H, D, MIDNIGHT, W0 … W6",
                        "8: cannot use stderr_stream.rotate_when = midnight in [watcher:a]: a file is rotated by time or by"
                                + " size; leave out stderr_stream.max_bytes");
    }

    @Test
    void options_that_have_no_effect_on_the_class_of_a_stream_are_told() {
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.class = TimedRotatingFileStream",
                        "stdout_stream.filename = /l",
                        "stdout_stream.rotate_when = h",
                        "stdout_stream.max_bytes = 10",
                        "stderr_stream.class = FancyStdoutStream",
                        "stderr_stream.color = pink",
                        "[watcher:b]",
                        "cmd = x",
                        "stdout_stream.class = JsonStream",
                        "stdout_stream.compress = yes"))
                .containsExactly(
                        "6: stdout_stream.max_bytes in [watcher:a] has no effect on a TimedRotatingFileStream",
                        "8: stderr_stream.color in [watcher:a] is none of red, green, yellow, blue, magenta, cyan, white, so"
                                + " one is chosen by the watcher's name",
                        "12: stdout_stream.compress in [watcher:b] has no effect without stdout_stream.filename");
    }

    @Test
    void two_streams_that_want_one_file_looked_after_differently_are_told() {
        assertThat(home.warnings(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.filename = /var/log/../log/l",
                        "stdout_stream.max_bytes = 10",
                        "stderr_stream.filename = /var/log/l",
                        "stderr_stream.max_bytes = 20",
                        "[watcher:b]",
                        "cmd = x",
                        "stdout_stream.filename = /var/log/l",
                        "stdout_stream.max_bytes = 20"))
                .containsExactly("3: stdout_stream.filename in [watcher:a] names the file of stdout_stream.filename in"
                        + " [watcher:b], which is rotated in another way; how that one says counts for both");
    }

    @Test
    void a_stream_is_described_completely() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "cmd = x",
                        "stdout_stream.time_format = %H",
                        "stderr_stream.filename = /l",
                        "stderr_stream.max_bytes = 10k"))
                .containsExactly(
                        "3: cannot use stdout_stream.* in [watcher:a]: stream configuration invalid,"
                                + " it needs stdout_stream.filename or stdout_stream.class",
                        "5: cannot use stderr_stream.max_bytes = 10k in [watcher:a]: '10k' is not an integer");
    }

    @Test
    void options_of_DEFAULT_count_in_watchers() {
        WatcherConfig watcher = home.watcher("[DEFAULT]", "numprocesses = 3", "foo = bar", "[watcher:a]", "cmd = x");
        assertThat(watcher.options().get(NUMPROCESSES)).isEqualTo(3);
        assertThat(watcher.extras()).isEqualTo(Map.of("foo", "bar"));
    }
}

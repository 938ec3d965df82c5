package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.options.Arguments;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WatcherConfigTest {
    /** Captured from Circus (contract/options.md, section 1), without the {@code __name__} that it leaks into options and environment. */
    private static final String CAPTURED = """
            {"args": "", "close_child_stderr": false, "close_child_stdin": true, "close_child_stdout": false, "cmd": "sleep 1000",
             "copy_env": false, "env": {"FOO": "bar", "BAZ": "qux", "HOMEY": "/root"}, "executable": null, "flapping.attempts": "5",
             "gid": null, "graceful_timeout": 3.0, "max_age": 0, "max_age_variance": 30, "max_retry": 5, "numprocesses": 2,
             "on_demand": false, "priority": 0, "respawn": true, "send_hup": false, "shell": false, "shell_args": null,
             "singleton": false, "stderr_stream_conf": {}, "stdout_stream_conf": {}, "stop_children": false, "stop_signal": 15,
             "uid": null, "use_sockets": false, "warmup_delay": 0, "working_dir": "/tmp/x"}""";

    private static final String[] SAMPLE = {
        "[watcher:sleeper]",
        "cmd = sleep 1000",
        "numprocesses = 2",
        "graceful_timeout = 3",
        "working_dir = /tmp/x",
        "flapping.attempts = 5",
        "[env:sleeper]",
        "FOO = bar",
        "BAZ = qux",
        "HOMEY = $HOME"
    };

    @TempDir
    Path directory;

    private IniHome home;

    @BeforeEach
    void open() {
        home = new IniHome(directory);
    }

    @Test
    void it_is_reported_exactly_as_circus_does() throws Exception {
        Map<String, ?> captured = Json.readObject(CAPTURED);
        Map<String, ?> report = home.watcher(SAMPLE).report();
        assertThat(report).isEqualTo(captured);
        assertThat(report.keySet()).containsExactlyElementsOf(new TreeMap<>(captured).keySet());
        assertThat(Json.write(report.get("env"))).isEqualTo(Json.write(captured.get("env")));
    }

    @Test
    void a_report_keeps_the_class_of_a_stream_and_shows_use_papa_where_it_is_given() {
        Map<String, ?> report = home.watcher(
                        "[watcher:a]", "cmd = x", "use_papa = yes", "stdout_stream.filename = /l", "warmup_delay = 0.5")
                .report();
        assertThat(report.get("stdout_stream_conf")).isEqualTo(Map.of("class", "FileStream", "filename", "/l"));
        assertThat(report.get("use_papa")).isEqualTo(true);
        assertThat(report.get("warmup_delay")).isEqualTo(0.5);
        assertThat(home.watcher("[circus]", "use_papa = yes", "[watcher:a]", "cmd = x")
                        .report())
                .doesNotContainKey("use_papa");
    }

    @Test
    void without_a_working_directory_it_is_circusds_own() {
        String here = Path.of("").toAbsolutePath().toString();
        WatcherConfig watcher = home.watcher("[watcher:a]", "cmd = x");
        assertThat(watcher.workingDirectory()).isEqualTo(here);
        assertThat(watcher.report()).containsEntry("working_dir", here);
        WatcherConfig relative = home.watcher("[watcher:a]", "cmd = x", "working_dir = sub");
        assertThat(relative.workingDirectory()).isEqualTo(here + "/sub");
        assertThat(relative.report()).containsEntry("working_dir", "sub");
    }

    @Test
    void the_digest_is_the_same_whatever_environment_circusd_is_started_in() throws Exception {
        home.with(
                "main.ini",
                "[watcher:a]",
                "cmd = $(circus.env.home)/run",
                "copy_env = yes",
                "working_dir = $(circus.env.home)",
                "stdout_stream.filename = $(circus.env.home)/log",
                "[env]",
                "BIN = $(circus.env.home)/bin",
                "[env:a]",
                "PATH = /opt:$PATH");
        Path file = home.path("main.ini");
        WatcherConfig one = CircusConfig.load(file, Map.of("HOME", "/a", "PATH", "/bin"))
                .watchers()
                .get(0);
        WatcherConfig other = CircusConfig.load(file, Map.of("HOME", "/b", "PATH", "/usr/bin", "X", "1"))
                .watchers()
                .get(0);
        assertThat(one).isNotEqualTo(other);
        assertThat(one.digest()).isEqualTo(other.digest()).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "args = y",
                "working_dir = /srv",
                "copy_env = yes",
                "use_sockets = yes",
                "uid = 65534",
                "gid = nogroup",
                "rlimit_nofile = 100",
                "rlimit_core =",
                "shell = yes",
                "shell_args = y",
                "executable = /bin/sh",
                "close_child_stdout = yes",
                "close_child_stderr = yes",
                "stdout_stream.filename = /l",
                "stderr_stream.class = StdoutStream",
                "max_age = 5"
            })
    void what_a_running_process_depends_on_changes_the_digest(String line) {
        assertThat(digest("[watcher:a]", "cmd = x", line)).isNotEqualTo(digest("[watcher:a]", "cmd = x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "numprocesses = 5", "graceful_timeout = 1", "stop_signal = INT", "respawn = no", "max_retry = 1",
                        "priority = 3", "foo = bar",
                "warmup_delay = 2", "use_papa = yes", "singleton = yes", "autostart = no", "use_sockets = no", "args =",
                        "max_age = 0"
            })
    void what_concerns_circusd_alone_does_not_change_the_digest(String line) {
        assertThat(digest("[watcher:a]", "cmd = x", line)).isEqualTo(digest("[watcher:a]", "cmd = x"));
    }

    @Test
    void environment_sections_count_in_the_digest_by_what_they_say() {
        String none = digest("[watcher:a]", "cmd = x");
        String one = digest("[watcher:a]", "cmd = x", "[env]", "A = 1");
        assertThat(one).isNotEqualTo(none);
        assertThat(digest("[watcher:a]", "cmd = x", "[env:a]", "A = 1")).isEqualTo(one);
        assertThat(digest("[watcher:a]", "cmd = x", "[env:a]", "A = 2")).isNotEqualTo(one);
        assertThat(digest("[watcher:a]", "cmd = x", "[env:a]", "B = 1")).isNotEqualTo(one);
        assertThat(digest("[watcher:a]", "cmd = $(circus.env.a)", "[env:a]", "A = 1"))
                .isNotEqualTo(one);
    }

    @Test
    void the_digest_of_today_is_the_digest_of_tomorrow() {
        // A change of this value restarts all workers of all users when they upgrade.
        assertThat(digest(SAMPLE)).isEqualTo("23796ff991bac5b83271d2015af96cf4");
    }

    @Test
    void a_changed_option_counts_in_the_digest() {
        WatcherConfig watcher = home.watcher("[watcher:a]", "cmd = $(circus.env.home)/run");
        WatcherConfig changed = watcher.with(WatcherOptions.CMD, "/root/run");
        assertThat(changed.digest()).isNotEqualTo(watcher.digest());
        assertThat(changed.digest()).isEqualTo(digest("[watcher:a]", "cmd = /root/run"));
        assertThat(watcher.with(WatcherOptions.NUMPROCESSES, 7).digest()).isEqualTo(watcher.digest());
    }

    @Test
    void a_watcher_made_by_a_command_has_the_digest_of_one_from_a_file() {
        WatcherConfig made = new WatcherConfig(
                "a",
                OptionValues.NONE.with(WatcherOptions.CMD, "x"),
                Map.of("A", "1"),
                Map.of(),
                Optional.of(new StreamConfig("FileStream", Map.of("filename", "/l"))),
                Optional.empty());
        assertThat(made.digest())
                .isEqualTo(digest("[watcher:a]", "cmd = x", "stdout_stream.filename = /l", "[env]", "A = 1"));
    }

    @Test
    void a_list_of_arguments_is_not_taken_for_its_text() {
        WatcherConfig watcher = home.watcher("[watcher:a]", "cmd = x");
        assertThat(List.of(
                        watcher.with(WatcherOptions.ARGS, new Arguments.Words(List.of("a, b")))
                                .digest(),
                        watcher.with(WatcherOptions.ARGS, new Arguments.Words(List.of("a", "b")))
                                .digest(),
                        watcher.with(WatcherOptions.ARGS, new Arguments.Text("a b"))
                                .digest()))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_digest_does_not_run_words_together() {
        List<String> digests = List.of(
                digest("[watcher:a]", "cmd = x", "args = y z"),
                digest("[watcher:a]", "cmd = x y", "args = z"),
                digest("[watcher:a]", "cmd = x y z"));
        assertThat(digests).doesNotHaveDuplicates();
    }

    private String digest(String... lines) {
        return home.watcher(lines).digest();
    }
}

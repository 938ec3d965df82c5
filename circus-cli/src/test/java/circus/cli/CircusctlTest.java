package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.curve.KeyFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** circusctl as a process: exit codes, and which stream gets what (contract/cli.md §1.2). */
@Timeout(60)
class CircusctlTest {
    private static final String TIMED_OUT = """
            Timed out.
            A time out usually happens in one of those cases:

            #1 The Circus daemon could not be reached.
            #2 The Circus daemon took too long to perform the operation

            For #1, make sure you are hitting the right place
            by checking your --endpoint option.

            For #2, if you are not expecting a result to
            come back, increase your timeout option value
            (particularly with waiting switches)
            """;

    private record Outcome(int code, String out, String err) {}

    private static ProcessBuilder builder(Map<String, String> environment, String... words) {
        // A shell that starts a build in the background has it ignore SIGINT, and so all that it starts (POSIX, sh,
        // 2.11).
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "circus.cli.Circusctl"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("CIRCUSCTL_ENDPOINT", "AUTO_COMPLETE", "JDK_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static Outcome run(Map<String, String> environment, String... words) throws Exception {
        Process process = builder(environment, words).start();
        process.getOutputStream().close();
        String out = text(process.getInputStream());
        String err = text(process.getErrorStream());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, err);
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static FakeManager manager() throws IOException {
        return new FakeManager(Map.of(
                "list",
                        "\"status\": \"ok\", \"time\": 1795209630.8650675, \"watchers\": [\"gr\\u00f6\\u00dfe\", \"web\"]",
                "status",
                        "\"status\": \"error\", \"reason\": \"program nope not found\", \"tb\": null, \"time\": 1.5, \"errno\": 3",
                "options", "\"status\": \"error\", \"reason\": \"program nope not found\", \"errno\": 3",
                "reloadconfig", "\"status\": \"ok\", \"time\": 1.5",
                "commands", "\"status\": \"error\", \"reason\": \"unknown command: 'commands'\", \"errno\": 4",
                "quit", "\"status\": \"ok\", \"time\": 1.5"));
    }

    @Test
    void a_reply_goes_to_stdout_with_exit_code_0() throws Exception {
        try (FakeManager manager = manager()) {
            assertThat(run(Map.of("LC_ALL", "C"), "--endpoint", manager.endpoint(), "list"))
                    .isEqualTo(new Outcome(0, "gr\u00f6\u00dfe,web\n", ""));
            assertThat(run(Map.of("CIRCUSCTL_ENDPOINT", manager.endpoint()), "quit", "--waiting"))
                    .isEqualTo(new Outcome(0, "ok\n", ""));
            assertThat(manager.requests()).containsExactly("list {}", "quit {\"waiting\": true}");
        }
    }

    @Test
    void an_error_reply_goes_to_stderr_with_exit_code_3_but_as_json_to_stdout_with_0() throws Exception {
        try (FakeManager manager = manager()) {
            Map<String, String> environment = Map.of("CIRCUSCTL_ENDPOINT", manager.endpoint());
            assertThat(run(environment, "options", "nope"))
                    .isEqualTo(new Outcome(3, "", "error: program nope not found\n"));
            assertThat(run(environment, "status", "nope")).isEqualTo(new Outcome(3, "", "error\n"));
            Outcome json = run(environment, "--json", "status", "nope");
            assertThat(json.code()).isZero();
            assertThat(json.out())
                    .matches(
                            "\\{\"status\": \"error\", \"reason\": \"program nope not found\", \"tb\": null, \"time\": 1.5, \"errno\": 3, \"id\": \"[0-9a-f]{32}\"}\n");
        }
    }

    @Test
    void json_keeps_the_order_of_the_reply_and_pretty_json_sorts_without_colours_in_a_pipe() throws Exception {
        try (FakeManager manager = manager()) {
            assertThat(run(Map.of(), "--endpoint", manager.endpoint(), "--json", "list")
                            .out())
                    .matches(
                            "\\{\"status\": \"ok\", \"time\": 1795209630.8650675, \"watchers\": \\[\"gr\\\\u00f6\\\\u00dfe\", \"web\"], \"id\": \"[0-9a-f]{32}\"}\n");
            assertThat(run(Map.of(), "--endpoint", manager.endpoint(), "--json", "--prettify", "list")
                            .out())
                    .matches(
                            "\\{\n  \"id\": \"[0-9a-f]{32}\",\n  \"status\": \"ok\",\n  \"time\": 1795209630.8650675,\n  \"watchers\": \\[\n    \"gr\\\\u00f6\\\\u00dfe\",\n    \"web\"\n  ]\n}\n");
        }
    }

    @Test
    void keygen_makes_a_pair_in_two_files_and_replaces_none(@TempDir Path folder) throws Exception {
        Path server = folder.resolve("server");
        assertThat(run(Map.of(), "keygen", server.toString()))
                .isEqualTo(new Outcome(0, server + ".key\n" + server + ".key_secret\n", ""));
        Path alice = folder.resolve("alice");
        assertThat(run(Map.of(), "keygen", alice.toString(), "--server", server + ".key")
                        .code())
                .isZero();
        Path secret = Path.of(alice + ".key_secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(KeyFile.readClient(secret).serverKey())
                .contains(KeyFile.read(Path.of(server + ".key")).publicKey());
        assertThat(Files.readString(Path.of(alice + ".key"))).doesNotContain("secret-key");
        Outcome again = run(Map.of(), "keygen", alice.toString());
        assertThat(again)
                .isEqualTo(new Outcome(
                        1,
                        "",
                        "cannot write " + secret + ": it is there already; remove it, or choose another name\n"));
        assertThat(run(Map.of(), "keygen", folder + "/no/where").err())
                .isEqualTo("cannot write " + folder + "/no/where.key_secret: there is no such directory\n");
    }

    @Test
    void keys_that_cannot_be_used_are_told_before_anything_is_sent(@TempDir Path folder) throws Exception {
        try (FakeManager manager = manager()) {
            Path pair = folder.resolve("pair");
            assertThat(run(Map.of(), "keygen", pair.toString()).code()).isZero();
            for (String file : List.of(folder + "/none", pair + ".key_secret", pair + ".key")) {
                Outcome outcome = run(Map.of("CIRCUSCTL_CURVE", file), "--endpoint", manager.endpoint(), "list");
                assertThat(outcome.code()).isOne();
                assertThat(outcome.err()).startsWith("cannot use the keys in " + file + ": ");
            }
            assertThat(manager.requests()).isEmpty();
        }
    }

    @Test
    void a_circusd_that_has_reloaded_where_a_plan_was_asked_for_is_told_of() throws Exception {
        try (FakeManager manager = manager()) {
            Outcome outcome = run(Map.of(), "--endpoint", manager.endpoint(), "reloadconfig", "--plan");
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err()).contains("this circusd knows no plans");
            assertThat(run(Map.of(), "--endpoint", manager.endpoint(), "reloadconfig"))
                    .isEqualTo(new Outcome(0, "ok\n", ""));
        }
    }

    @Test
    void names_beyond_ascii_arrive_whatever_the_locale() throws Exception {
        try (FakeManager manager = manager()) {
            ProcessBuilder shell =
                    builder(Map.of("LC_ALL", "C", "NAME", "x"), "--endpoint", manager.endpoint(), "list");
            // Through a shell, since this JVM itself might not be able to pass the bytes.
            List<String> quoted =
                    shell.command().stream().map(word -> "'" + word + "'").toList();
            shell.command("/bin/sh", "-c", String.join(" ", quoted) + " \"$(printf 'gr\\303\\266\\303\\237e')\" 2>&1");
            Process process = shell.start();
            assertThat(text(process.getInputStream())).isEqualTo("gr\u00f6\u00dfe,web\n");
            assertThat(manager.requests()).containsExactly("list {\"name\": \"gr\\u00f6\\u00dfe\"}");
        }
    }

    @Test
    void no_answer_is_exit_code_1_with_circuss_advice() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        assertThat(run(Map.of(), "--endpoint", "tcp://127.0.0.1:" + port, "--timeout", "0", "list"))
                .isEqualTo(new Outcome(1, "", TIMED_OUT));
    }

    @Test
    void what_could_not_be_written_is_told_and_is_exit_code_1() throws Exception {
        try (FakeManager manager = manager()) {
            Process process = builder(Map.of("CIRCUSCTL_ENDPOINT", manager.endpoint()), "list")
                    .redirectOutput(new File("/dev/full"))
                    .start();
            assertThat(text(process.getErrorStream()))
                    .isEqualTo("cannot write to standard output: No space left on device\n");
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void wrong_arguments_are_exit_code_1_and_wrong_usage_is_2() throws Exception {
        assertThat(run(Map.of(), "get", "single")).isEqualTo(new Outcome(1, "", "Invalid number of arguments\n"));
        assertThat(run(Map.of(), "--endpoint", "foo", "list"))
                .isEqualTo(new Outcome(1, "", "cannot use endpoint 'foo': expected tcp://HOST:PORT or ipc://PATH\n"));
        assertThat(run(Map.of(), "bogus"))
                .isEqualTo(
                        new Outcome(
                                2,
                                "",
                                "usage: circusctl [options] command [args]\ncircusctl: error: unrecognized arguments: bogus\n"));
        assertThat(run(Map.of(), "dstats", "web")).isEqualTo(new Outcome(1, "", "Invalid message\n"));
    }

    @Test
    void a_command_loads_nothing_for_terminals_keys_or_tunnels(@TempDir Path folder) throws Exception {
        Path loaded = folder.resolve("loaded");
        try (FakeManager manager = manager()) {
            assertThat(run(
                                    Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + loaded),
                                    "--endpoint",
                                    manager.endpoint(),
                                    "list")
                            .code())
                    .isZero();
        }
        assertThat(Files.readString(loaded))
                .contains("circus.cli.Console ")
                .doesNotContain(
                        "org.jline", "circus.cli.Conversation ", "circus.client.SshTunnel ", "com.neilalexander");
    }

    @Test
    void who_waits_is_answered_by_a_circusd_that_comes_later() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        String endpoint = "tcp://127.0.0.1:" + port;
        assertThat(run(Map.of(), "--endpoint", endpoint, "--wait", "1", "list"))
                .isEqualTo(new Outcome(1, "", "cannot reach " + endpoint + " within 1 s: Connection refused\n"));
        Process process = builder(Map.of(), "--endpoint", endpoint, "--timeout", "5", "--wait", "30", "list")
                .start();
        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        try (FakeManager manager =
                new FakeManager(port, Map.of("list", "\"status\": \"ok\", \"time\": 1.0, \"watchers\": [\"web\"]"))) {
            assertThat(text(process.getInputStream())).isEqualTo("web\n");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(manager.requests()).containsExactly("list {}");
        }
    }

    /** It may be one that was added: only circusd can say. */
    @Test
    void a_word_that_circusd_is_asked_for_has_the_time_and_the_keys_of_its_line(@TempDir Path folder) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String endpoint = "tcp://127.0.0.1:" + silent.getLocalPort();
            assertThat(run(Map.of(), "--endpoint", endpoint, "--timeout", "2", "whois", "1"))
                    .isEqualTo(new Outcome(1, "", TIMED_OUT));
            Outcome keyless = run(Map.of("CIRCUSCTL_CURVE", folder + "/none"), "--endpoint", endpoint, "whois", "1");
            assertThat(keyless.code()).isOne();
            assertThat(keyless.err()).startsWith("cannot use the keys in " + folder + "/none: ");
        }
        String endpoint = "ipc://" + folder + "/nobody";
        assertThat(run(Map.of(), "--endpoint", endpoint, "--wait", "1", "whois", "1"))
                .isEqualTo(new Outcome(1, "", "cannot reach " + endpoint + " within 1 s: No such file or directory\n"));
        assertThat(run(Map.of(), "--endpoint", endpoint, "whois", "1").code()).isEqualTo(2);
        try (FakeManager old = manager()) {
            assertThat(run(Map.of(), "--endpoint", old.endpoint(), "--wait", "5", "reloadconfigs")
                            .err())
                    .endsWith("unrecognized arguments: reloadconfigs\n");
        }
    }

    @Test
    void help_and_version_need_no_circusd() throws Exception {
        assertThat(run(Map.of(), "--version")).isEqualTo(new Outcome(0, "circusctl 0.2.0\n", ""));
        assertThat(run(Map.of(), "--help")).isEqualTo(new Outcome(0, Help.general(), ""));
        assertThat(run(Map.of(), "stop", "-h")).isEqualTo(new Outcome(0, Help.of(circus.command.CommandSpec.STOP), ""));
    }

    @Test
    void bash_gets_its_completions() throws Exception {
        Map<String, String> environment = Map.of("AUTO_COMPLETE", "1", "COMP_CWORD", "1", "COMP_WORDS", "circusctl st");
        assertThat(run(environment)).isEqualTo(new Outcome(1, "start stats status stop\n", ""));
        assertThat(run(Map.of("AUTO_COMPLETE", "1", "COMP_CWORD", "2", "COMP_WORDS", "circusctl list w")))
                .isEqualTo(new Outcome(1, "", ""));
    }

    private static Outcome complete(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("--complete-words"));
        all.addAll(List.of(words));
        return run(Map.of(), all.toArray(String[]::new));
    }

    @Test
    void scripts_of_shells_get_what_may_stand_there_and_never_an_error() throws Exception {
        try (FakeManager manager = manager()) {
            String there = "--endpoint=" + manager.endpoint();
            assertThat(complete(there, "stop", "GR")).isEqualTo(new Outcome(0, "gr\u00f6\u00dfe\n", ""));
            assertThat(complete("--endpoint", manager.endpoint(), "list", "w")).isEqualTo(new Outcome(0, "web\n", ""));
            assertThat(complete(there, "signal", "web", "us").out()).isEqualTo("USR1\nUSR2\n");
            assertThat(complete(there, "kill", "--signum", "us").out()).isEqualTo("USR1\nUSR2\n");
            assertThat(complete(there, "kill", "--signum", "TERM", "w").out()).isEqualTo("web\n");
            assertThat(complete(there, "events", "--kind", "hook_").out()).isEqualTo("hook_success\nhook_failure\n");
            assertThat(complete(there, "set", "web", "cmd", "x", "stdout_stream.max")
                            .out())
                    .isEqualTo("stdout_stream.max_bytes\n");
            assertThat(complete(there, "numwat").out()).isEqualTo("numwatchers\tGet the number of watchers\n");
            assertThat(complete("--no").out()).startsWith("--no-color\t");
            assertThat(complete(there, "--curve", "").code()).isEqualTo(3);
            assertThat(complete(there, "set", "web", "cmd", "")).isEqualTo(new Outcome(3, "", ""));
            assertThat(complete(there, "signal", "web", "HUP", "--ch").out()).startsWith("--children\t");
        }
        for (String[] wrong : new String[][] {
            {}, {"--endpoint", "nonsense", "stop", ""}, {"--timeout", "x", "st"}, {"--end", "a", "b"}, {"bogus", ""}
        }) {
            Outcome nothing = complete(wrong);
            assertThat(nothing.err()).isEmpty();
            assertThat(nothing.out()).isEmpty();
        }
    }

    @Test
    void without_a_command_lines_come_from_standard_input() throws Exception {
        try (FakeManager manager = manager()) {
            Outcome outcome = run(Map.of("CIRCUSCTL_ENDPOINT", manager.endpoint()));
            assertThat(outcome).isEqualTo(new Outcome(0, "circusctl 0.2.0\n(circusctl) \n", "error\n"));
        }
    }

    @Test
    void listen_prints_each_event_and_ends_with_1_when_interrupted_or_not_read_any_more() throws Exception {
        try (FakeManager publisher = new FakeManager(Map.of())) {
            for (boolean interrupt : List.of(true, false)) {
                Process process = builder(
                                Map.of("LC_ALL", "C"), "--endpoint", publisher.endpoint(), "listen", "watcher.")
                        .start();
                byte[] expected = "watcher.gr\u00f6\u00dfe.start: {\"time\": 1795209653.5307884}\n"
                        .getBytes(StandardCharsets.UTF_8);
                assertThat(process.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
                if (interrupt) {
                    assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                                    .start()
                                    .waitFor())
                            .isZero();
                } else {
                    process.getInputStream().close();
                }
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(1);
            }
        }
    }
}

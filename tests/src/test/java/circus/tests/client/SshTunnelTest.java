package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Sshd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code circusctl --ssh}, by way of a real server of OpenSSH. */
@ExtendWith(HomeExtension.class)
class SshTunnelTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Home home;
    private final Circus circus;
    private final Sshd sshd;

    SshTunnelTest(Home home) throws IOException {
        this.home = home;
        sshd = Sshd.start(home);
        Files.createDirectory(home.path("tmp"));
        circus = home.circus("far", "", """
                [watcher:web]
                cmd = sleep 1000
                numprocesses = 2
                """);
    }

    @AfterEach
    void nothing_is_left_of_a_tunnel() {
        await("no folder of a tunnel, no ssh").atMost(LIMIT).untilAsserted(() -> {
            assertThat(folders()).isEmpty();
            assertThat(home.processes()).noneMatch(line -> line.contains("BatchMode"));
        });
        sshd.close();
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> files = Files.list(home.path("tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("circus-ssh-"))
                    .toList();
        }
    }

    private ProcessBuilder builder(String... words) {
        List<String> command =
                new ArrayList<>(List.of(Installation.launcher("circusctl").toString(), "--timeout", "20"));
        command.addAll(List.of(words));
        ProcessBuilder builder = home.prepared(command);
        builder.environment().merge("PATH", sshd.programs(), (path, first) -> first + ":" + path);
        builder.environment().put("CIRCUS_JAVA_OPTS", "-Djava.io.tmpdir=" + home.path("tmp"));
        return builder;
    }

    private Commands.Result ctl(String... words) {
        return Commands.run(LIMIT, builder(words));
    }

    private Commands.Result through(String endpoint, String... words) {
        List<String> all =
                new ArrayList<>(List.of("--ssh", sshd.address(), "--ssh_keyfile", sshd.key(), "--endpoint", endpoint));
        all.addAll(List.of(words));
        return ctl(all.toArray(String[]::new));
    }

    private static void fails(Commands.Result result, String... parts) {
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors().lines()).as(result.toString()).hasSize(1);
        assertThat(result.errors()).contains(parts);
    }

    @Test
    void commands_go_by_way_of_the_server_to_ports_and_to_unix_sockets() {
        circus.start();
        circus.awaitWorkers("web", 2);

        assertThat(through(circus.endpoint(), "list").mustSucceed().text()).isEqualTo("web");
        assertThat(through(circus.endpoint(), "incr", "web", "--waiting")
                        .mustSucceed()
                        .text())
                .isEqualTo("3");
        assertThat(through(circus.endpoint(), "tail", "web").mustSucceed().text())
                .isEmpty();
        assertThat(sshd.log()).contains(target(circus.endpoint()));
        assertThat(through(circus.endpoint(), "status", "nope").exit()).isEqualTo(3);

        Circus local =
                home.circus("local", "", "[watcher:web]\ncmd = sleep 1000\n").atUnixSockets();
        local.start();
        assertThat(through(local.endpoint(), "numwatchers").mustSucceed().text())
                .isEqualTo("1");
    }

    private static String target(String endpoint) {
        return "target 127.0.0.1 port " + endpoint.substring(endpoint.lastIndexOf(':') + 1);
    }

    @Test
    void what_is_published_comes_by_way_of_the_server_too() throws Exception {
        circus.start();
        circus.awaitWorkers("web", 2);
        for (List<String> words : List.of(
                List.of(circus.eventEndpoint(), "listen", "watcher.web"),
                List.of(circus.endpoint(), "events", "--follow", "--kind", "spawn"))) {
            Path said = home.path(words.get(1) + ".out");
            Process listener = builder(Stream.concat(
                                    Stream.of("--ssh", sshd.address(), "--ssh_keyfile", sshd.key(), "--endpoint"),
                                    words.stream())
                            .toArray(String[]::new))
                    .redirectOutput(said.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            await("an event").atMost(LIMIT).until(() -> {
                circus.tell("incr", "web", "--waiting");
                return Home.read(said).contains("spawn");
            });
            await("the subscription").atMost(LIMIT).until(() -> sshd.log().contains(target(circus.eventEndpoint())));

            // However it ends, its ssh ends too.
            listener.destroyForcibly();
            assertThat(listener.waitFor(20, TimeUnit.SECONDS)).isTrue();
            await("the tunnel is gone").atMost(LIMIT).until(() -> folders().isEmpty());
        }
    }

    @Test
    void who_waits_reaches_a_circusd_that_comes_later() throws Exception {
        Path said = home.path("waiting.err");
        Process waiting = builder(
                        "--ssh",
                        sshd.address(),
                        "--ssh_keyfile",
                        sshd.key(),
                        "--endpoint",
                        circus.endpoint(),
                        "--wait",
                        "60",
                        "list")
                .redirectError(said.toFile())
                .start();
        await("it has asked").atMost(LIMIT).until(() -> sshd.log().contains(target(circus.endpoint())));
        circus.start();

        assertThat(waiting.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(waiting.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .as(() -> "exit code " + waiting.exitValue() + ": " + Home.read(said) + sshd.log())
                .isEqualTo("web\n");
    }

    @Test
    void what_cannot_be_is_one_line_and_exit_code_1() {
        String endpoint = circus.endpoint();
        String nobody = System.getProperty("user.name") + "@127.0.0.1:" + Home.freePort();

        fails(
                ctl("--ssh", sshd.address(), "--ssh_keyfile", sshd.strangeKey(), "--endpoint", endpoint, "list"),
                "cannot open a tunnel by ssh to " + sshd.address() + ": ",
                "Permission denied (publickey)");
        fails(ctl("--ssh", nobody, "--endpoint", endpoint, "list"), nobody, "Connection refused");
        fails(
                through(endpoint, "list"),
                "cannot use " + endpoint + " by way of " + sshd.address() + ": ",
                "Connection refused");
        fails(
                through(endpoint, "--wait", "1", "list"),
                "cannot reach " + endpoint,
                " within 1 s: ",
                "Connection refused");
        fails(
                ctl("--ssh", sshd.address(), "--ssh_keyfile", "/no/key", "--endpoint", endpoint, "list"),
                "cannot use /no/key as a key for ssh: ");
        fails(
                ctl("--ssh=-oProxyCommand=true", "--endpoint", endpoint, "list"),
                "cannot use '-oProxyCommand=true' as an SSH server: expected user@host or user@host:port");
        fails(ctl("--ssh", "me@there:ssh", "list"), "cannot use 'me@there:ssh' as an SSH server: ");
        sshd.know(false);
        fails(through(endpoint, "list"), "Host key verification failed");
    }

    @Test
    void without_the_program_ssh_it_is_told_what_to_install() throws IOException {
        Path programs = Files.createDirectory(home.path("few"));
        for (String name : List.of("sh", "rm", "bash", "java", "readlink", "env", "sed", "find")) {
            Files.createSymbolicLink(programs.resolve(name), Path.of(name.equals("java") ? java() : which(name)));
        }
        ProcessBuilder builder = builder("--ssh", "me@there", "list");
        builder.environment().put("PATH", programs.toString());

        fails(Commands.run(LIMIT, builder), "cannot open a tunnel to me@there: there is no program ssh");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String which(String name) {
        return Commands.run(LIMIT, "sh", "-c", "command -v " + name)
                .mustSucceed()
                .text();
    }
}

package circus.tests.top;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** circus-top of a circusd on another machine: by way of a real server of OpenSSH, and with keys. */
@ExtendWith(HomeExtension.class)
class TopFarTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Home home;
    private final String stats = "tcp://127.0.0.1:" + Home.freePort();

    TopFarTest(Home home) {
        this.home = home;
    }

    private Commands.Result top(Sshd sshd, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Installation.launcher("circus-top").toString(), "--once", "--timeout", "20", "--endpoint", stats));
        command.addAll(List.of(words));
        ProcessBuilder builder = home.prepared(command);
        builder.environment().merge("PATH", sshd.programs(), (path, first) -> first + ":" + path);
        builder.environment().put("CIRCUS_JAVA_OPTS", "-Djava.io.tmpdir=" + Files.createDirectories(home.path("tmp")));
        return Commands.run(LIMIT, builder);
    }

    private void keygen(String... words) {
        List<String> command = new ArrayList<>(List.of("keygen"));
        command.addAll(List.of(words));
        home.run(LIMIT, Installation.launcher("circusctl"), command.toArray(String[]::new))
                .mustSucceed();
    }

    @Test
    void figures_and_states_come_by_way_of_the_server_to_who_has_the_key() throws IOException {
        keygen("server");
        keygen("alice", "--server", "server.key");
        keygen("mallory", "--server", "server.key");
        Circus circus = home.circus(
                "far",
                "statsd = True\nstats_endpoint = " + stats
                        + "\ncurve_server_key = server.key_secret\ncurve_clients = alice.key\n",
                "[watcher:web]\ncmd = sleep 1000\nnumprocesses = 2\n");
        circus.launch();
        String alice = home.path("alice.key_secret").toString();
        String mallory = home.path("mallory.key_secret").toString();
        circus.ctl("--curve", alice, "--wait", "30", "list").mustSucceed();
        try (Sshd sshd = Sshd.start(home)) {
            String[] far = {"--control", circus.endpoint(), "--ssh", sshd.address(), "--ssh_keyfile", sshd.key()};
            assertThat(top(sshd, with(far, "--curve", alice)).mustSucceed().output())
                    .containsPattern("web +2 active")
                    .contains("sleep");
            assertThat(sshd.log())
                    .contains("port " + stats.substring(stats.lastIndexOf(':') + 1))
                    .contains("port "
                            + circus.endpoint().substring(circus.endpoint().lastIndexOf(':') + 1));

            assertThat(top(sshd, "--control", circus.endpoint(), "--curve", alice)
                            .mustSucceed()
                            .output())
                    .as("without a tunnel")
                    .containsPattern("web +2 active");

            Commands.Result stranger = top(sshd, with(far, "--curve", mallory, "--timeout", "2"));
            assertThat(stranger.exit()).isEqualTo(1);
            assertThat(stranger.output()).isEmpty();
            assertThat(stranger.errors()).startsWith("circus-top: cannot show figures");
            assertThat(top(sshd, with(far, "--timeout", "2")).exit()).isEqualTo(1);
        }
        circus.ctl("--curve", alice, "quit", "--terminate", "--waiting").mustSucceed();
        home.mustBeEmpty();
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}

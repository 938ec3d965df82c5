package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/circusd-stats} beside a circusd that publishes nothing itself. */
@ExtendWith(HomeExtension.class)
class StatsProgramTest {
    private static final Duration TO_COME = Duration.ofSeconds(30);

    private final Home home;

    StatsProgramTest(Home home) {
        this.home = home;
    }

    private static void awaitTopic(Feed feed, String topic) {
        await(topic).atMost(TO_COME).until(() -> !feed.of(topic).isEmpty());
    }

    private Process start(String endpoint, String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(Installation.launcher("circusd-stats").toString(), "--statspoint", endpoint));
        command.addAll(List.of(words));
        return home.prepared(command)
                .redirectErrorStream(true)
                .redirectOutput(home.path("stats.log").toFile())
                .start();
    }

    @Test
    void it_publishes_whom_circusd_has_as_they_come_and_go_and_ends_with_0() throws IOException, InterruptedException {
        Circus circus = home.circus("plain", "", "[watcher:Two Words]\ncmd = sleep 1000\nnumprocesses = 2\n");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("two words", 2);
        String endpoint = "tcp://127.0.0.1:" + Home.freePort();
        Process program = start(endpoint, "--endpoint", circus.endpoint(), "--pubsub", circus.eventEndpoint());
        try (Feed feed = new Feed(endpoint)) {
            awaitTopic(feed, "stat.two_words." + pids.get(0));
            awaitTopic(feed, "stat.two_words");
            awaitTopic(feed, "stat.circus." + circus.manager().pid());
            assertThat(feed.of("stat.circus." + program.pid()))
                    .allSatisfy(each -> assertThat(each.payload()).containsEntry("name", "circusd-stats"));

            circus.tell("restart", "--waiting", "two words");
            int successor = circus.awaitWorkers("two words", 2).get(0);
            awaitTopic(feed, "stat.two_words." + successor);
            circus.tell("decr", "--waiting", "two words");
            int last = circus.awaitWorkers("two words", 1).get(0);
            await("one is left").atMost(TO_COME).until(() -> {
                List<Feed.Message> told = feed.of("stat.two_words");
                return List.of((long) last)
                        .equals(told.get(told.size() - 1).payload().get("pid"));
            });

            circus.manager().kill9();
            circus.start();
            circus.tell("incr", "--waiting", "two words");
            int newcomer = circus.awaitWorkers("two words", 2).stream()
                    .filter(pid -> pid != last)
                    .findFirst()
                    .orElseThrow();
            awaitTopic(feed, "stat.two_words." + newcomer);
            awaitTopic(feed, "stat.circus." + circus.manager().pid());
        } finally {
            program.destroy();
        }
        assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        circus.terminate();
    }

    @Test
    void it_ends_by_SIGQUIT_too_and_leaves_nothing() throws IOException, InterruptedException {
        String endpoint = "ipc://" + home.path("stats");
        Process program = start(endpoint, "--endpoint", "ipc://" + home.path("nobody"));
        try {
            await("it publishes").atMost(TO_COME).until(() -> Files.exists(home.path("stats")));
            assertThat(Installation.dumps("circusd-stats", program.pid())).isDirectory();

            Commands.run(TO_COME, "kill", "-QUIT", Long.toString(program.pid())).mustSucceed();
            assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(program.exitValue()).isZero();
            assertThat(home.path("stats")).doesNotExist();
            assertThat(Installation.dumps("circusd-stats", program.pid())).doesNotExist();
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void what_is_wrong_is_told_in_a_line() {
        Commands.Result option = home.run(TO_COME, Installation.launcher("circusd-stats"), "--bogus");
        assertThat(option.exit()).isEqualTo(2);
        assertThat(option.errors())
                .isEqualTo("circusd-stats: error: Unknown option: '--bogus'; see circusd-stats --help\n");
        Commands.Result level = home.run(TO_COME, Installation.launcher("circusd-stats"), "--log-level", "loud");
        assertThat(level.exit()).isEqualTo(2);
        Commands.Result endpoint =
                home.run(TO_COME, Installation.launcher("circusd-stats"), "--statspoint", "ipc:///no/such/folder/feed");
        assertThat(endpoint.exit()).isEqualTo(1);
        assertThat(endpoint.errors()).contains("cannot listen on ipc:///no/such/folder/feed");
        assertThat(home.run(TO_COME, Installation.launcher("circusd-stats"), "--version")
                        .text())
                .isEqualTo("0.2.0");
    }
}

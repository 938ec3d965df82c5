package circus.tests.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.PythonCircus;
import circus.tests.harness.Tmux;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** circus-top beside Circus's own circusd and circusd-stats. */
@Tag(PythonCircus.TAG)
@ExtendWith(HomeExtension.class)
class PythonFeedTest {
    private final Home home;

    PythonFeedTest(Home home) {
        this.home = home;
    }

    @Test
    void it_shows_the_feed_and_states_and_restarts() {
        String stats = "tcp://127.0.0.1:" + Home.freePort();
        Circus circus = home.circus(
                "python",
                "statsd = True\nstats_endpoint = " + stats + "\n",
                "[watcher:two words]\ncmd = sleep 1000\nnumprocesses = 2\n");
        PythonCircus.start(circus);
        await("circusd")
                .atMost(Duration.ofSeconds(30))
                .until(() -> circus.ask("list", Map.of("name", "two words"), Duration.ofSeconds(2))
                        .filter(answer -> answer.fields().get("pids") instanceof List<?> pids && pids.size() == 2)
                        .isPresent());
        List<Integer> pids = circus.pids("two words");
        try (Tmux terminal = Tmux.open(
                home,
                80,
                24,
                Map.of("LC_ALL", "C.UTF-8"),
                List.of(
                        Installation.launcher("circus-top").toString(),
                        "--endpoint",
                        stats,
                        "--control",
                        circus.endpoint()))) {
            String screen = terminal.await(
                    "its processes",
                    seen -> seen.contains("▾ two words")
                            && seen.contains(" active ")
                            && seen.contains("circusd-stats")
                            && pids.stream().allMatch(pid -> seen.contains(" " + pid + " ")));
            assertThat(screen).contains("1 watcher  2 processes", "▾ circus ");
            terminal.type("ry");
            terminal.await("the answer", seen -> seen.endsWith("\nrestart watcher two words: ok"));
            await("other workers").atMost(Duration.ofSeconds(30)).until(() -> {
                List<Integer> now = circus.pids("two words");
                return now.size() == 2 && now.stream().noneMatch(pids::contains);
            });
            int successor = circus.pids("two words").get(0);
            terminal.await("them", seen -> seen.contains(" " + successor + " "));
            terminal.press("q");
            assertThat(terminal.awaitExit()).isZero();
        }
    }
}

package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.plugins.Happenings.Happening;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Flapping with processes that really die. */
@ExtendWith(HomeExtension.class)
class FlappingPluginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Home home;

    FlappingPluginTest(Home home) {
        this.home = home;
    }

    private static int count(Circus circus, String watcher, String kind) {
        return Happenings.of(circus, watcher, kind).size();
    }

    @Test
    void what_dies_at_once_is_stopped_tried_again_twice_and_stopped_for_good() {
        Circus circus = home.circus("flaps", "", """
                [plugin:flapping]
                use = circus.plugins.flapping.Flapping
                attempts = 3
                window = 10
                retry_in = 2

                [watcher:Bad.One of them]
                cmd = sh -c "exit 3"
                flapping.max_retry = 2

                [watcher:free]
                cmd = sh -c "exit 3"
                flapping.active = false

                [watcher:once]
                cmd = true
                numprocesses = 5
                respawn = false

                [watcher:calm]
                cmd = sleep 1000
                """);
        circus.start();
        await("the end of it").atMost(PATIENCE).until(() -> count(circus, "Bad.One of them", "stop") == 3);
        for (int i = 0; i < 4; i++) {
            circus.tell("restart", "--waiting", "calm");
        }
        List<Happening> stops = Happenings.of(circus, "Bad.One of them", "stop");
        List<Happening> deaths = Happenings.of(circus, "Bad.One of them", "exit").stream()
                .filter(exit -> exit.reason().equals("died"))
                .toList();
        double third = 0;
        for (int i = 0; i < 3; i++) {
            double from = i == 0 ? 0 : stops.get(i - 1).time();
            double until = stops.get(i).time();
            List<Happening> round = deaths.stream()
                    .filter(death -> death.time() >= from && death.time() <= until)
                    .toList();
            assertThat(round).hasSizeGreaterThanOrEqualTo(3);
            if (i > 0) {
                assertThat(round.get(0).time() - third).isGreaterThan(2);
            }
            third = round.get(2).time();
        }
        int spawns = count(circus, "Bad.One of them", "spawn");
        await("it stays so")
                .during(Duration.ofSeconds(4))
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "Bad.One of them").equals("stopped"));
        assertThat(count(circus, "Bad.One of them", "spawn")).isEqualTo(spawns);
        assertThat(circus.tell("status", "free")).isEqualTo("active");
        assertThat(circus.tell("status", "calm")).isEqualTo("active");
        assertThat(count(circus, "once", "spawn")).isEqualTo(5);
        assertThat(circus.manager().errors())
                .contains("Bad.One of them is flapping: 3 deaths within 15 s")
                .contains("Bad.One of them is flapping, and was started again 2 times already");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void an_operator_who_stops_it_meanwhile_has_the_last_word() {
        Circus circus = home.circus("operator", "", """
                [plugin:flapping]
                use = Flapping
                retry_in = 3

                [watcher:bad]
                cmd = sh -c "exit 3"

                [watcher:worse]
                cmd = sh -c "exit 3"
                """);
        circus.start();
        await("both are stopped")
                .atMost(PATIENCE)
                .until(() -> count(circus, "bad", "stop") == 1 && count(circus, "worse", "stop") == 1);
        circus.tell("stop", "bad");
        int spawns = count(circus, "bad", "spawn");
        await("the other one comes back").atMost(PATIENCE).until(() -> count(circus, "worse", "stop") >= 2);
        assertThat(circus.tell("status", "bad")).isEqualTo("stopped");
        assertThat(count(circus, "bad", "spawn")).isEqualTo(spawns);
        assertThat(circus.manager().errors()).contains("bad is not started again: somebody has told it something else");
        circus.terminate();
        home.mustBeEmpty();
    }
}

package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.plugins.Happenings.Happening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Flapping has begun is carried on by the next circusd, however the one before has ended. */
@ExtendWith(HomeExtension.class)
class FlappingOverEndsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TO_UPGRADE = Duration.ofMinutes(2);
    private static final double RETRY_IN = 6;

    private static final String SECTION = """
            [plugin:flapping]
            use = Flapping
            retry_in = %s
            max_retry = 2

            """.formatted(RETRY_IN);

    /** How a circusd makes room for another one. */
    private enum End {
        KILLED {
            @Override
            void replace(Home home, Circus circus) {
                circus.manager().kill9();
                circus.start();
            }
        },
        UPGRADED {
            @Override
            void replace(Home home, Circus circus) {
                home.run(
                                TO_UPGRADE,
                                Installation.launcher("circusctl"),
                                "--endpoint",
                                circus.endpoint(),
                                "--timeout",
                                "20",
                                "upgrade",
                                "--probation",
                                "0")
                        .mustSucceed();
            }
        };

        abstract void replace(Home home, Circus circus);
    }

    private final Home home;

    FlappingOverEndsTest(Home home) {
        this.home = home;
    }

    private static List<Happening> all(Circus circus, String watcher, String kind) {
        return Happenings.of(circus, watcher, kind);
    }

    private static void awaitStops(Circus circus, String watcher, int count) {
        await(watcher + " is stopped for the " + count + ". time")
                .atMost(PATIENCE)
                .until(() -> all(circus, watcher, "stop").size() == count
                        && circus.tell("status", watcher).equals("stopped"));
    }

    /** All that the managers of a configuration have said. */
    private String log(String name) {
        try (Stream<Path> files = Files.list(home.path("."))) {
            return files.filter(file -> file.getFileName().toString().matches(name + "(-\\d+)?\\.err"))
                    .map(Home::read)
                    .reduce("", String::concat);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void it_is_tried_again_by_the_next_one_and_the_count_of_tries_goes_on_until_it_is_given_up(End end) {
        Circus circus = home.circus("ends", "", SECTION + "[watcher:Bad One]\ncmd = sh -c \"exit 3\"\n");
        circus.start();
        for (int stop = 1; stop <= 3; stop++) {
            awaitStops(circus, "Bad One", stop);
            end.replace(home, circus);
        }
        List<Happening> stops = all(circus, "Bad One", "stop");
        List<Happening> starts = all(circus, "Bad One", "start");
        assertThat(starts).hasSize(3);
        for (int retry = 1; retry < 3; retry++) {
            assertThat(starts.get(retry).time() - stops.get(retry - 1).time())
                    .as("retry %d", retry)
                    .isGreaterThan(RETRY_IN - 1);
        }
        await("given up, it stays stopped")
                .during(Duration.ofSeconds((long) RETRY_IN + 2))
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "Bad One").equals("stopped"));
        assertThat(all(circus, "Bad One", "start")).hasSize(3);
        assertThat(log("ends"))
                .contains("(try 1 of 2)")
                .contains("(try 2 of 2)")
                .containsOnlyOnce("Bad One is flapping, and was started again 2 times already");
        circus.terminate();
        home.mustBeEmpty();
        assertThat(home.path("state"))
                .as("nothing is remembered of what has ended")
                .isEmptyDirectory();
    }

    @Test
    void one_whose_time_has_passed_while_no_circusd_was_there_is_started_soon() {
        Circus circus = home.circus("late", "", SECTION + "[watcher:bad]\ncmd = sh -c \"exit 3\"\n");
        circus.start();
        awaitStops(circus, "bad", 1);
        double stopped = all(circus, "bad", "stop").get(0).time();
        circus.manager().kill9();
        await("its time has passed")
                .atMost(PATIENCE)
                .until(() -> Instant.now().toEpochMilli() / 1e3 > stopped + RETRY_IN + 1);
        circus.start();
        double begun = Instant.now().toEpochMilli() / 1e3;
        await("started again")
                .atMost(PATIENCE)
                .until(() -> all(circus, "bad", "start").size() == 2);
        assertThat(all(circus, "bad", "start").get(1).time()).isLessThan(begun + RETRY_IN);
        circus.terminate();
        home.mustBeEmpty();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void what_somebody_does_in_the_waiting_time_counts_for_the_next_one_too(End end) {
        Circus circus = home.circus("operator", "", SECTION + """
                        [watcher:stopped]
                        cmd = sh -c "exit 3"

                        [watcher:by hand]
                        cmd = sh -c "exit 3"
                        autostart = false

                        [watcher:started]
                        cmd = sh -c "test -e %s || exit 3; exec sleep 1000"

                        [watcher:other]
                        cmd = sh -c "exit 3"
                        """.formatted(home.path("well")));
        circus.start();
        circus.tell("start", "by hand");
        for (String each : List.of("stopped", "by hand", "started", "other")) {
            awaitStops(circus, each, 1);
        }
        circus.tell("stop", "stopped");
        circus.tell("stop", "by hand");
        home.write("well", "");
        circus.tell("start", "started");
        int pid = circus.awaitWorkers("started", 1).get(0);
        end.replace(home, circus);
        await("the other one comes back")
                .atMost(PATIENCE)
                .until(() -> all(circus, "other", "stop").size() >= 2);
        for (String each : List.of("stopped", "by hand")) {
            assertThat(circus.tell("status", each)).as(each).isEqualTo("stopped");
            assertThat(all(circus, each, "start")).as(each).hasSize(1);
            assertThat(log("operator")).contains(each + " is not started again: somebody has told it something else");
        }
        assertThat(circus.pids("started")).containsExactly(pid);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void with_the_section_goes_what_the_plugin_has_remembered() {
        Circus circus = home.circus("removed", "", SECTION + "[watcher:bad]\ncmd = sh -c \"exit 3\"\n");
        circus.start();
        awaitStops(circus, "bad", 1);
        assertThat(circus.askKernel("list values")).contains("memory");
        circus.manager().kill9();
        circus.edit(SECTION, "");
        circus.start();
        await("the plugin is removed")
                .atMost(PATIENCE)
                .until(() -> !circus.tell("list").contains("plugin:flapping"));
        await("its memory too")
                .atMost(PATIENCE)
                .until(() -> !circus.askKernel("list values").contains("memory"));
        assertThat(circus.tell("status", "bad")).isEqualTo("stopped");
        circus.terminate();
        home.mustBeEmpty();
    }
}

package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several managers on one machine: side by side where they differ, refused where they would share, never two kernels for one. */
@ExtendWith(HomeExtension.class)
class NeighboursTest {
    private static final Duration TO_REFUSE = Duration.ofSeconds(20);
    private static final String SLEEPERS = "[watcher:same]\ncmd = sleep 1000\nnumprocesses = 2\n";

    private final Home home;

    NeighboursTest(Home home) {
        this.home = home;
    }

    @Test
    void two_managers_with_different_configurations_live_side_by_side() {
        Circus left = home.circus("left", "", SLEEPERS).onDefaultKernel();
        Circus right = home.circus("right", "", SLEEPERS).onDefaultKernel();
        left.start();
        right.start();
        List<Integer> ofRight = right.awaitWorkers("same", 2);
        assertThat(left.awaitWorkers("same", 2)).doesNotContainAnyElementsOf(ofRight);

        left.terminate();

        assertThat(right.pids("same")).isEqualTo(ofRight);
        assertThat(right.tell("status", "same")).isEqualTo("active");
        right.terminate();
        home.mustBeEmpty();
    }

    @Test
    void two_managers_share_a_kernel_when_both_name_it() {
        String shared = "papa_endpoint = ipc://" + home.path("shared.sock") + "\n";
        Circus left = home.circus("left", shared, SLEEPERS);
        Circus right = home.circus("right", shared, SLEEPERS);
        left.start();
        right.start();
        List<Integer> ofLeft = left.awaitWorkers("same", 2);
        List<Integer> ofRight = right.awaitWorkers("same", 2);
        assertThat(ofLeft).doesNotContainAnyElementsOf(ofRight);

        assertThat(left.tell("stop", "--waiting", "same")).isEqualTo("ok");

        assertThat(right.pids("same")).isEqualTo(ofRight);
    }

    @Test
    void a_second_manager_of_the_same_configuration_ends_with_a_message_and_hurts_nothing() {
        Circus circus = home.circus("twice", "", SLEEPERS);
        Daemon first = circus.start();
        List<Integer> pids = circus.awaitWorkers("same", 2);

        Daemon second = circus.launch();

        assertThat(second.awaitExit(TO_REFUSE)).isEqualTo(1);
        assertThat(second.errors()).contains("cannot").contains(circus.endpoint());
        assertThat(first.isAlive()).isTrue();
        assertThat(circus.pids("same")).isEqualTo(pids);
        assertThat(circus.tell("status", "same")).isEqualTo("active");
    }

    @Test
    void a_second_manager_of_the_same_name_on_the_same_kernel_ends_with_a_message_and_hurts_nothing() {
        String same = "name = one\npapa_endpoint = ipc://" + home.path("shared.sock") + "\n";
        Circus first = home.circus("first", same, SLEEPERS);
        first.start();
        List<Integer> pids = first.awaitWorkers("same", 2);

        Daemon second = home.circus("second", same, SLEEPERS).launch();

        assertThat(second.awaitExit(TO_REFUSE)).isEqualTo(1);
        assertThat(second.errors())
                .contains("cannot")
                .contains(Integer.toString(first.manager().pid()));
        assertThat(first.pids("same")).isEqualTo(pids);
        first.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_second_manager_on_the_same_endpoint_ends_with_a_message_and_leaves_nothing() {
        Circus first = home.circus("first", "", SLEEPERS);
        first.start();
        List<Integer> pids = first.awaitWorkers("same", 2);
        Circus second = home.circus("second", "", SLEEPERS);
        home.write("second.ini", Home.read(second.file()).replace(second.endpoint(), first.endpoint()));

        Daemon refused = second.launch();

        assertThat(refused.awaitExit(TO_REFUSE)).isEqualTo(1);
        assertThat(refused.errors()).contains("cannot").contains(first.endpoint());
        assertThat(first.pids("same")).isEqualTo(pids);
        first.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_second_manager_on_the_same_pubsub_endpoint_ends_with_a_message_and_leaves_nothing() {
        Circus first = home.circus("first", "", SLEEPERS);
        first.start();
        Circus second = home.circus("second", "", SLEEPERS);
        home.write("second.ini", Home.read(second.file()).replace(second.eventEndpoint(), first.eventEndpoint()));

        Daemon refused = second.launch();

        assertThat(refused.awaitExit(TO_REFUSE)).isEqualTo(1);
        assertThat(refused.errors()).contains("cannot").contains(first.eventEndpoint());
        first.terminate();
        home.mustBeEmpty();
    }

    @Test
    void two_managers_started_at_the_same_instant_get_one_kernel_and_one_set_of_workers() {
        for (int round = 0; round < 3; round++) {
            Circus circus = home.circus("race" + round, "", SLEEPERS);
            List<Daemon> both = new ArrayList<>(List.of(circus.launch(), circus.launch()));

            await("one of them is refused").atMost(TO_REFUSE).until(() -> both.removeIf(daemon -> !daemon.isAlive()));

            assertThat(both).hasSize(1);
            await("the other one serves")
                    .atMost(TO_REFUSE)
                    .until(() -> both.get(0).errors().contains("Arbiter now waiting for commands"));
            assertThat(circus.awaitWorkers("same", 2)).hasSize(2);
            // The other one has seen that it is not needed, and may be on its way out.
            await("one kernel")
                    .atMost(TO_REFUSE)
                    .until(() -> home.processes().stream()
                                    .filter(line -> line.contains("papa.kernel.Papa"))
                                    .count()
                            == 1);
            assertThat(home.processes().stream().filter(line -> line.endsWith("sleep 1000")))
                    .as("workers")
                    .hasSize(2);
            circus.tell("quit", "--terminate");
            both.get(0).awaitExit(TO_REFUSE);
            home.mustBeEmpty();
        }
    }

    @Test
    void two_different_managers_started_at_the_same_instant_on_one_kernel_both_live() {
        String shared = "papa_endpoint = ipc://" + home.path("shared.sock") + "\n";
        List<Circus> both = List.of(home.circus("left", shared, SLEEPERS), home.circus("right", shared, SLEEPERS));

        both.forEach(Circus::launch);

        for (Circus circus : both) {
            await("it serves")
                    .atMost(TO_REFUSE)
                    .until(() -> circus.manager().errors().contains("Arbiter now waiting for commands"));
            circus.awaitWorkers("same", 2);
        }
        assertThat(home.processes().stream().filter(line -> line.contains("papa.kernel.Papa")))
                .as("kernels")
                .hasSize(1);
    }

    @Test
    void a_pidfile_of_a_living_manager_refuses_another() {
        String pidfile = "pidfile = " + home.path("circus.pid") + "\n";
        Circus first = home.circus("first", pidfile, SLEEPERS);
        first.start();
        assertThat(Home.read(home.path("circus.pid"))).isEqualTo(first.manager().pid() + "\n");

        Daemon second = home.circus("second", pidfile, SLEEPERS).launch();

        assertThat(second.awaitExit(TO_REFUSE)).isEqualTo(1);
        assertThat(second.errors() + second.output())
                .contains(home.path("circus.pid").toString());
        assertThat(Home.read(home.path("circus.pid"))).isEqualTo(first.manager().pid() + "\n");
        first.terminate();
        assertThat(Files.exists(home.path("circus.pid"))).isFalse();
        home.mustBeEmpty();
    }
}

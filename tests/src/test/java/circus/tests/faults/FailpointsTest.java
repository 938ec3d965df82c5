package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.manager.failpoint.Failpoint;
import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where the manager dies in the middle of something, the next one finishes it, and does nothing of it twice. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class FailpointsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration TO_GET_THERE = Duration.ofMinutes(1);
    private static final Duration TO_ANSWER = Duration.ofSeconds(2);

    /** In the order in which they are tried. Renames need a rotation: the torture of log files has them. */
    private static final List<Failpoint> PLACES = List.of(
            Failpoint.BEFORE_RECORD,
            Failpoint.IN_RELOAD,
            Failpoint.AFTER_SPAWN,
            Failpoint.IN_GRACE,
            Failpoint.TORN_WRITE,
            Failpoint.BEFORE_COMMIT,
            Failpoint.COMMITTED,
            Failpoint.BEFORE_WRITE,
            Failpoint.AFTER_WRITE,
            Failpoint.IN_RECOVERY);

    private final Home home;

    FailpointsTest(Home home) {
        this.home = home;
    }

    @Test
    void whatever_it_was_doing_the_next_one_goes_on() throws Exception {
        Rounds rounds = Rounds.of(Fault.MANAGER_KILLED_IN_ITS_WORK, 4);
        Map<Failpoint, Integer> ends = new EnumMap<>(Failpoint.class);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            Circus circus = loaded.circus();
            Deque<Failpoint> places = new ArrayDeque<>();
            rounds.each(round -> {
                if (places.isEmpty()) {
                    places.addAll(PLACES);
                }
                Failpoint place = places.remove();
                int count = place == Failpoint.IN_RECOVERY || place == Failpoint.IN_RELOAD
                        ? 1
                        : 1 + rounds.random().nextInt(4);
                circus.manager().kill9();
                Daemon doomed = circus.launchBelow("env", Failpoint.VARIABLE + "=" + place.text() + ":" + count);
                keepBusy(circus, doomed);
                if (doomed.isAlive()) {
                    throw new AssertionError("circusd has not come to " + place + " " + count + " times");
                }
                assertThat(doomed.awaitExit(SOON)).as(place.text()).isEqualTo(Failpoint.EXIT_CODE);
                ends.merge(place, 1, Integer::sum);
                rounds.timed(circus::start);
                spareIsWhole(circus);
                loaded.workersAreTheSame();
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        System.out.println("circusd died " + ends);
        rounds.passed();
    }

    /** Does to the spare watcher whatever can be done, until circusd ends. */
    private static void keepBusy(Circus circus, Daemon doomed) {
        long deadline = System.nanoTime() + TO_GET_THERE.toNanos();
        List<String> deeds = List.of("incr", "reload", "decr");
        for (int i = 0; doomed.isAlive() && System.nanoTime() < deadline; i++) {
            circus.ask(deeds.get(i % deeds.size()), Map.of("name", LoadedCircus.SPARE), TO_ANSWER);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    /** As many run as are wanted, and the machine has just those. */
    private static Optional<Answer> incr(Circus circus) {
        return circus.ask("incr", Map.of("name", LoadedCircus.SPARE), TO_ANSWER);
    }

    private void spareIsWhole(Circus circus) {
        await("all of the spare watcher run, and nobody else").atMost(SOON).untilAsserted(() -> {
            Answer wanted = circus.call("numprocesses", Map.of("name", LoadedCircus.SPARE));
            Answer target = circus.call("get", Map.of("name", LoadedCircus.SPARE, "keys", List.of("numprocesses")));
            assertThat(String.valueOf(target.fields().get("options")))
                    .contains("numprocesses=" + wanted.fields().get("numprocesses"));
            assertThat(processes("sleep 100000")).isEqualTo(new HashSet<>(circus.pids(LoadedCircus.SPARE)));
            assertThat(String.valueOf(wanted.fields().get("numprocesses")))
                    .isEqualTo(String.valueOf(circus.pids(LoadedCircus.SPARE).size()));
        });
    }

    private Set<Integer> processes(String command) {
        Set<Integer> pids = new HashSet<>();
        for (String line : home.processes()) {
            if (line.endsWith(" " + command)) {
                pids.add(Integer.parseInt(line.substring(0, line.indexOf(' '))));
            }
        }
        return pids;
    }

    /** The moment between an answer and its record is so short that a failpoint alone meets it. */
    @Test
    void what_was_acknowledged_holds_though_it_died_before_it_wrote_it_down() {
        Circus circus = home.circus("record", "", "[watcher:spare]\ncmd = sleep 100000\n");
        circus.start();
        for (int i = 0; i < 2; i++) {
            int before = circus.pids(LoadedCircus.SPARE).size();
            circus.manager().kill9();
            // The first records are those of its start.
            Daemon doomed = circus.launchBelow("env", Failpoint.VARIABLE + "=before-record:4");
            circus.awaitCommands(doomed);
            int acknowledged = 0;
            Optional<Answer> answer = incr(circus);
            while (answer.isPresent()) {
                // One that comes while the one before it is still at work is refused.
                acknowledged += answer.get().isError() ? 0 : 1;
                answer = incr(circus);
            }
            assertThat(doomed.awaitExit(SOON)).isEqualTo(Failpoint.EXIT_CODE);
            circus.start();
            spareIsWhole(circus);
            assertThat(circus.pids(LoadedCircus.SPARE))
                    .as("workers, of %d, after %d incr were acknowledged", before, acknowledged)
                    .hasSizeBetween(before + acknowledged, before + acknowledged + 1);
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    // ---- what takes time

    private Circus stubborn(int workers, int graceSeconds) {
        Circus circus = home.circus("grace", "", """
                [watcher:stubborn]
                cmd = perl %s %s
                numprocesses = %d
                graceful_timeout = %d
                """.formatted(
                        home.resource("faults/stubborn.pl"), home.path("told"), workers, graceSeconds));
        circus.start();
        awaitTold("start", workers);
        return circus;
    }

    private List<Integer> told(String word) {
        return Home.read(home.path("told"))
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> Integer.parseInt(line.substring(word.length() + 1)))
                .toList();
    }

    private void awaitTold(String word, int count) {
        await(count + " times " + word)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(told(word)).hasSizeGreaterThanOrEqualTo(count));
    }

    private void killAndStart(Circus circus) {
        circus.manager().kill9();
        circus.start();
    }

    @Test
    void a_stop_in_its_grace_time_goes_on_and_its_signal_is_not_sent_again() {
        Circus circus = stubborn(1, 4);
        circus.tell("stop", "stubborn");
        awaitTold("term", 1);

        killAndStart(circus);

        await("it is stopped")
                .atMost(SOON)
                .untilAsserted(
                        () -> assertThat(circus.tell("status", "stubborn")).isEqualTo("stopped"));
        assertThat(told("term")).hasSize(1);
        assertThat(told("on").size()).as("tenths of a second that it was given").isGreaterThan(15);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_worker_that_is_superfluous_is_the_same_for_the_next_manager() {
        Circus circus = stubborn(3, 4);
        circus.tell("decr", "stubborn");
        awaitTold("term", 1);

        killAndStart(circus);

        await("two are left").atMost(SOON).until(() -> circus.pids("stubborn").size() == 2);
        assertThat(told("term")).hasSize(1).doesNotContainAnyElementsOf(circus.pids("stubborn"));
        assertThat(told("start")).hasSize(3);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_reload_whose_old_workers_take_their_time_ends_those_and_no_others() {
        Circus circus = stubborn(2, 4);
        List<Integer> old = circus.pids("stubborn");
        circus.tell("reload", "stubborn");
        awaitTold("term", 2);

        killAndStart(circus);

        await("two are left").atMost(SOON).until(() -> circus.pids("stubborn").size() == 2);
        assertThat(told("term")).containsExactlyInAnyOrderElementsOf(old);
        assertThat(told("start")).hasSize(4);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_worker_that_was_killed_by_a_command_is_replaced_once() {
        Circus circus = stubborn(2, 4);
        int victim = circus.pids("stubborn").get(0);
        circus.tell("kill", "stubborn", Integer.toString(victim), "--graceful_timeout", "3");
        awaitTold("term", 1);

        killAndStart(circus);

        awaitTold("start", 3);
        await("two are left").atMost(SOON).until(() -> circus.pids("stubborn").size() == 2);
        assertThat(circus.pids("stubborn")).doesNotContain(victim);
        assertThat(told("term")).containsExactly(victim);
        assertThat(told("start")).hasSize(3);
        circus.terminate();
        home.mustBeEmpty();
    }
}

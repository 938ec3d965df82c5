package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.Launched;
import circus.manager.watcher.FakeKernel.Temper;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code max_age}: who is too old is replaced. */
class AgeingTest {
    private final Stage stage = new Stage();

    private static OptionValues aged(int seconds, int variance) {
        return Stage.options(WatcherOptions.MAX_AGE, seconds).with(WatcherOptions.MAX_AGE_VARIANCE, variance);
    }

    @Test
    void who_is_too_old_is_ended_gracefully_and_then_replaced() {
        Watcher watcher = stage.started(aged(10, 0).with(WatcherOptions.NUMPROCESSES, 2));
        stage.pass(9.999);
        assertThat(stage.news()).isEmpty();
        stage.pass(0.001);
        assertThat(stage.news())
                .as("no reap events: consumers count those as deaths")
                .containsExactly(
                        "kill 1001",
                        "kill 1002",
                        "exit 1001 -15 max_age",
                        "exit 1002 -15 max_age",
                        "spawn 1003",
                        "spawn 1004");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        stage.pass(10);
        assertThat(stage.news()).contains("kill 1003", "kill 1004", "spawn 1005", "spawn 1006");
    }

    @Test
    void the_successor_waits_for_the_end_and_the_end_has_its_limit() {
        stage.kernel.temper = Temper.STUBBORN;
        stage.started(aged(10, 0).with(WatcherOptions.GRACEFUL_TIMEOUT, 2.0));
        stage.pass(11.999);
        assertThat(stage.kernel.names()).containsExactly("web.1");
        assertThat(stage.news()).containsExactly("kill 1001");
        stage.pass(0.001);
        assertThat(stage.news()).containsExactly("kill 1001", "exit 1001 -9 max_age", "spawn 1002");
    }

    @Test
    void nothing_is_looked_at_before_somebody_is_too_old() {
        Watcher watcher = stage.started(aged(3600, 0));
        assertThat(watcher.step(stage.nanos())).isEqualTo(Duration.ofHours(1).toNanos());
    }

    @Test
    void without_max_age_nobody_is_too_old() {
        Watcher watcher = stage.started(aged(0, 30));
        assertThat(watcher.step(stage.nanos())).isEqualTo(Reconciler.NEVER);
    }

    @Test
    void the_age_counts_over_the_death_of_the_manager_and_the_share_of_the_variance_stays() {
        OptionValues options = aged(100, 50).with(WatcherOptions.NUMPROCESSES, 3);
        Watcher first = stage.started(options);
        long wake = first.step(stage.nanos());
        stage.pass(90);
        stage.forget();
        Watcher second = stage.watcher("web", options);
        stage.kernel.running.forEach((incarnation, child) -> second.adopt(
                incarnation.intValue(), child.launched, child.spec.annotations().getOrDefault("digest", "")));
        second.resume(RunState.NOTHING);
        assertThat(second.step(stage.nanos())).isEqualTo(wake);
        assertThat(stage.news()).isEmpty();
        stage.pass(60);
        assertThat(stage.kernel.running).hasSize(3).doesNotContainKeys(1L, 2L, 3L);
    }

    @Test
    void the_variance_is_spread_over_all_that_were_started_together() {
        Lifespan lifespan = new Lifespan(aged(100, 60));
        Instant started = stage.now();
        List<Integer> tens = new ArrayList<>(List.of(0, 0, 0, 0, 0, 0));
        for (int i = 1; i <= 600; i++) {
            Worker worker = Worker.adopted(1, new Launched(i, 1000 + i, started));
            Duration life = Duration.between(started, lifespan.end(worker));
            assertThat(life).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(160));
            assertThat(lifespan.end(worker)).as("drawn once").isEqualTo(lifespan.end(worker));
            int ten = (int) ((life.toNanos() - Duration.ofSeconds(100).toNanos()) / 10_000_000_000L);
            tens.set(ten, tens.get(ten) + 1);
        }
        assertThat(tens).allMatch(count -> count > 60 && count < 140);
    }

    @Test
    void without_respawn_who_is_too_old_ends_for_good() {
        Watcher watcher = stage.started(aged(10, 0).with(WatcherOptions.RESPAWN, false));
        stage.pass(10);
        assertThat(stage.news()).containsExactly("kill 1001", "exit 1001 -15 max_age", "stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void who_leaves_lets_the_old_be() {
        Watcher watcher = stage.started(aged(10, 0));
        watcher.leave();
        stage.pass(20);
        assertThat(stage.kernel.signals).isEmpty();
    }
}

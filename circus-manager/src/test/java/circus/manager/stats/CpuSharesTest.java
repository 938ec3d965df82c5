package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The share is true, whoever has asked before; 100 ticks are a second. */
class CpuSharesTest {
    private final CpuShares shares = new CpuShares(100);

    private static ProcessStat process(int pid, long startTicks, long ticks) {
        return new ProcessStat(pid, 'S', 1, ticks, ticks, 0, 1, startTicks, 0, 0);
    }

    private double look(long ticks, double ageSeconds, double atSeconds) {
        return shares.look(process(7, 1, ticks), ageSeconds, (long) (atSeconds * TimeUnit.SECONDS.toNanos(1)));
    }

    @Test
    void at_first_it_is_the_mean_over_its_life() {
        assertThat(look(500, 20, 100)).isEqualTo(25.0);
    }

    @Test
    void a_life_that_is_shorter_than_the_clock_is_fine_counts_as_a_tenth_of_a_second() {
        assertThat(look(1, 0, 100)).isEqualTo(10.0);
        assertThat(shares.look(process(8, 1, 1), -3, 1)).isEqualTo(10.0);
    }

    @Test
    void later_it_is_that_since_the_former_look() {
        look(0, 20, 100);
        assertThat(look(50, 21, 101)).isEqualTo(50.0);
        assertThat(look(50, 31, 111)).isEqualTo(0.0);
    }

    @Test
    void who_asks_again_at_once_is_told_of_the_same_time_and_not_of_the_instant_between() {
        look(0, 20, 100);
        assertThat(look(50, 21, 101)).isEqualTo(50.0);
        assertThat(look(51, 21.02, 101.02)).isEqualTo(50.0);
        assertThat(look(52, 21.04, 101.04)).isEqualTo(50.0);
        assertThat(look(100, 22, 102)).isEqualTo(50.0);
    }

    @Test
    void of_several_threads_it_is_more_than_a_hundred() {
        look(0, 20, 100);
        assertThat(look(350, 21, 101)).isEqualTo(350.0);
    }

    @Test
    void a_pid_that_is_used_again_is_another_process() {
        look(5_000, 100, 100);
        assertThat(shares.look(process(7, 2, 10), 1, 101_000_000_000L)).isEqualTo(10.0);
    }

    @Test
    void no_more_are_kept_than_there_is_room_for() {
        for (int pid = 1; pid <= CpuShares.MOST_KEPT + 5; pid++) {
            shares.look(process(pid, 1, 0), 1, 1_000);
        }
        assertThat(shares.size()).isEqualTo(CpuShares.MOST_KEPT);
        shares.forgetUnseen(1_001);
        assertThat(shares.size()).isZero();
    }
}

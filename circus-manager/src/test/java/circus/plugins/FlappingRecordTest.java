package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.plugins.FlappingRecord.State;
import circus.plugins.FlappingRecord.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlappingRecordTest {
    private static final FlappingRules RULES = new FlappingRules(3, 10, 2, 2, true);
    private static final double EPOCH = 1_795_000_000;

    private final FlappingRecord record = new FlappingRecord(nanos(0));

    private Verdict died(double seconds) {
        return died(seconds, RULES);
    }

    private Verdict died(double seconds, FlappingRules rules) {
        return record.died(EPOCH + seconds, nanos(seconds), rules);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9) + 77;
    }

    @Test
    void so_many_deaths_within_the_window_and_the_allowance_of_Circus_are_flapping() {
        assertThat(died(0)).isEqualTo(Verdict.FINE);
        assertThat(died(7)).isEqualTo(Verdict.FINE);
        assertThat(died(15)).isEqualTo(Verdict.RETRY);
        assertThat(record.state()).isEqualTo(State.STOPPING);
        assertThat(record.tries()).isEqualTo(1);
    }

    @Test
    void deaths_further_apart_are_none_but_the_window_slides() {
        assertThat(died(0)).isEqualTo(Verdict.FINE);
        assertThat(died(7)).isEqualTo(Verdict.FINE);
        assertThat(died(15.1)).isEqualTo(Verdict.FINE);
        // Circus begins to count anew here, and sees nothing in 7, 15.1 and 16.
        assertThat(died(16)).isEqualTo(Verdict.RETRY);
    }

    @Test
    void whatever_Circus_takes_for_flapping_is_flapping_here() {
        FlappingRules tuned = new FlappingRules(2, 1, 7, 5, true);
        assertThat(died(100, tuned)).isEqualTo(Verdict.FINE);
        // A round of check_delay later: 5 - 5 <= 1.
        assertThat(died(105, tuned)).isEqualTo(Verdict.RETRY);
    }

    @Test
    void after_max_retry_tries_it_is_given_up_and_what_dies_on_the_way_does_not_bring_it_back() {
        List<Verdict> verdicts = new ArrayList<>();
        double time = 0;
        for (int round = 0; round < 3; round++) {
            verdicts.add(died(time));
            verdicts.add(died(time + 0.1));
            verdicts.add(died(time + 0.2));
            verdicts.add(died(time + 0.3));
            verdicts.add(died(time + 0.4));
            verdicts.add(died(time + 0.5));
            assertThat(record.stopped()).isTrue();
            time += 3;
            if (round < 2) {
                record.retried(nanos(time));
            }
        }
        assertThat(verdicts.stream().filter(each -> each != Verdict.FINE))
                .containsExactly(Verdict.RETRY, Verdict.RETRY, Verdict.GIVE_UP);
        assertThat(record.state()).isEqualTo(State.WATCHED);
        assertThat(record.tries()).isZero();
    }

    @Test
    void without_a_limit_it_is_tried_for_ever_and_with_none_allowed_it_is_given_up_at_once() {
        FlappingRules endless = new FlappingRules(1, 1, 1, -1, true);
        for (int i = 1; i <= 50; i++) {
            assertThat(died(i, endless)).isEqualTo(Verdict.RETRY);
            assertThat(record.tries()).isEqualTo(i);
            assertThat(record.stopped()).isTrue();
            record.retried(nanos(i));
        }
        assertThat(new FlappingRecord(nanos(0)).died(EPOCH, nanos(0), new FlappingRules(1, 1, 1, 0, true)))
                .isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void tries_are_forgotten_after_a_quiet_time() {
        FlappingRules rules = new FlappingRules(1, 10, 2, 1, true);
        assertThat(died(0, rules)).isEqualTo(Verdict.RETRY);
        assertThat(record.stopped()).isTrue();
        record.retried(nanos(2));
        assertThat(rules.quiet()).isEqualTo(60);
        assertThat(died(62.5, rules)).isEqualTo(Verdict.RETRY);
        assertThat(record.tries()).isEqualTo(1);
        assertThat(record.stopped()).isTrue();
        record.retried(nanos(65));
        assertThat(died(124.5, rules)).isEqualTo(Verdict.GIVE_UP);
        assertThat(new FlappingRules(1, 100, 2, 1, true).quiet()).isEqualTo(210);
    }

    @Test
    void who_is_stopped_or_started_by_somebody_else_begins_anew() {
        died(0);
        died(0.1);
        assertThat(died(0.2)).isEqualTo(Verdict.RETRY);
        assertThat(record.stopped()).isTrue();
        record.retried(nanos(3));
        died(3.1);
        died(3.2);
        assertThat(record.stopped()).isFalse();
        assertThat(record.tries()).isZero();
        assertThat(died(3.3)).isEqualTo(Verdict.FINE);
        assertThat(died(3.4)).isEqualTo(Verdict.FINE);
        assertThat(died(3.5)).isEqualTo(Verdict.RETRY);
    }

    @Test
    void a_stop_that_never_comes_does_not_blind_it() {
        FlappingRules rules = new FlappingRules(1, 1, 1, 0, true);
        assertThat(died(0, rules)).isEqualTo(Verdict.GIVE_UP);
        assertThat(died(59, rules)).isEqualTo(Verdict.FINE);
        assertThat(died(61, rules)).isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void neither_late_news_nor_a_clock_that_is_set_make_deaths_quicker() {
        // Told all at once, by the next circusd: they were minutes apart.
        for (int minute = 0; minute < 5; minute++) {
            assertThat(record.died(EPOCH + 60 * minute, nanos(500), RULES)).isEqualTo(Verdict.FINE);
        }
        FlappingRecord other = new FlappingRecord(nanos(0));
        // Set back by an hour each time.
        for (int i = 0; i < 5; i++) {
            assertThat(other.died(EPOCH - 3600 * i, nanos(100 * i), RULES)).isEqualTo(Verdict.FINE);
        }
    }

    @Test
    void memory_has_a_limit() {
        FlappingRules rules = new FlappingRules(FlappingRecord.MOST_DEATHS + 1, 1e9, 1, 0, true);
        for (int i = 0; i < FlappingRecord.MOST_DEATHS + 100; i++) {
            assertThat(died(i / 1000.0, rules)).isEqualTo(Verdict.FINE);
        }
        assertThat(record.deaths()).isEqualTo(FlappingRecord.MOST_DEATHS);
        assertThat(died(20, new FlappingRules(0, 1, 1, 0, true))).isEqualTo(Verdict.FINE);
    }

    @Test
    void rules_of_a_watcher_count_before_those_of_the_section() {
        List<String> mistakes = new ArrayList<>();
        FlappingRules own = RULES.in(
                Map.of("flapping.attempts", "5", "flapping.window", 0.5, "flapping.max_retry", "-1", "cmd", "x"),
                mistakes::add);
        assertThat(own).isEqualTo(new FlappingRules(5, 0.5, 2, -1, true));
        assertThat(mistakes).isEmpty();
        assertThat(RULES.in(Map.of("flapping.active", "off"), mistakes::add).active())
                .isFalse();
        assertThat(RULES.in(Map.of("flapping.active", "yes"), mistakes::add).active())
                .isTrue();
        assertThat(RULES.in(Map.of("respawn", false), mistakes::add).active()).isFalse();
        assertThat(RULES.in(Map.of("respawn", false, "flapping.active", "yes"), mistakes::add)
                        .active())
                .isFalse();
        assertThat(RULES.in(Map.of("flapping.retry_in", "soon", "flapping.attempts", "4"), mistakes::add))
                .isEqualTo(new FlappingRules(4, 10, 2, 2, true));
        assertThat(mistakes).hasSize(1);
        assertThat(mistakes.get(0)).startsWith("flapping.retry_in = soon: ");
    }
}

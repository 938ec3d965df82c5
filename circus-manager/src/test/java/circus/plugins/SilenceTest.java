package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.plugins.Silence.Silent;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Silence silence = new Silence(5 * SECOND, 2);

    @BeforeEach
    void begin() {
        silence.begin(0);
        silence.monitor("web", 1, 0);
        silence.monitor("web", 2, 0);
        silence.monitor("db", 3, 0);
    }

    @Test
    void all_that_are_silent_for_too_long_are_found_in_one_round_and_forgotten() {
        assertThat(silence.round(Map.of(2, 4 * SECOND), 5 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(2, 9 * SECOND), 10 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(), 15 * SECOND))
                .containsExactlyInAnyOrder(new Silent("web", 1), new Silent("db", 3));
        assertThat(silence.round(Map.of(), 20 * SECOND)).containsExactly(new Silent("web", 2));
        assertThat(silence.round(Map.of(), 25 * SECOND)).isEmpty();
        assertThat(silence.size()).isZero();
    }

    @Test
    void who_is_started_later_or_has_ended_is_judged_from_then_on_or_not_at_all() {
        silence.monitor("web", 4, 9 * SECOND);
        silence.forget(1);
        silence.forget(2);
        assertThat(silence.isMonitored(1)).isFalse();
        assertThat(silence.round(Map.of(), 5 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(), 10 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(), 15 * SECOND)).containsExactly(new Silent("db", 3));
        assertThat(silence.round(Map.of(), 20 * SECOND)).containsExactly(new Silent("web", 4));
    }

    @Test
    void heartbeats_of_others_and_old_ones_change_nothing() {
        assertThat(silence.round(Map.of(1, 4 * SECOND, 99, 4 * SECOND), 5 * SECOND))
                .isEmpty();
        assertThat(silence.round(Map.of(1, SECOND), 10 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(3, 14 * SECOND, 2, 14 * SECOND), 15 * SECOND))
                .containsExactly(new Silent("web", 1));
        assertThat(silence.isMonitored(99)).isFalse();
    }

    @Test
    void time_in_which_nobody_could_have_heard_them_does_not_count() {
        assertThat(silence.round(Map.of(1, 4 * SECOND), 5 * SECOND)).isEmpty();
        // circusd was stopped for ten minutes.
        assertThat(silence.round(Map.of(), 610 * SECOND)).isEmpty();
        assertThat(silence.round(Map.of(1, 614 * SECOND), 615 * SECOND))
                .containsExactlyInAnyOrder(new Silent("web", 2), new Silent("db", 3));
    }
}

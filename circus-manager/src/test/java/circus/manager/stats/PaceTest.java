package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When to look at all processes although nobody asks. */
class PaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Pace pace = new Pace(0);

    @Test
    void soon_after_the_start_and_then_every_minute() {
        assertThat(pace.next(0)).isEqualTo(3 * SECOND);
        pace.done(3 * SECOND, 20 * MILLI);
        assertThat(pace.next(3 * SECOND)).isEqualTo(63 * SECOND);
    }

    @Test
    void every_second_while_somebody_asks_and_for_a_minute_after() {
        pace.done(3 * SECOND, 20 * MILLI);
        pace.asked(10 * SECOND);
        assertThat(pace.next(10 * SECOND)).isEqualTo(4 * SECOND);
        pace.done(10 * SECOND, 20 * MILLI);
        assertThat(pace.next(10 * SECOND)).isEqualTo(11 * SECOND);
        pace.done(70 * SECOND, 20 * MILLI);
        assertThat(pace.next(70 * SECOND)).isEqualTo(130 * SECOND);
    }

    @Test
    void what_takes_long_is_done_more_rarely() {
        pace.done(0, 100 * MILLI);
        assertThat(pace.next(0)).as("0.1 % of a processor").isEqualTo(100 * SECOND);
        pace.asked(1);
        assertThat(pace.next(1)).as("2 % of a processor").isEqualTo(5 * SECOND);
    }
}

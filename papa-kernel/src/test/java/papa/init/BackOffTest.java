package papa.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The pauses between a manager and the next. */
class BackOffTest {
    @Test
    void they_grow_to_ten_seconds_and_are_short_again_after_one_that_was_well() {
        BackOff backOff = new BackOff();
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            millis.add(TimeUnit.NANOSECONDS.toMillis(backOff.next(TimeUnit.MILLISECONDS.toNanos(9_999))));
        }
        assertThat(millis).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L, 10_000L);
        assertThat(backOff.next(TimeUnit.SECONDS.toNanos(10))).isEqualTo(BackOff.FIRST_NANOS);
        assertThat(backOff.next(0)).isEqualTo(2 * BackOff.FIRST_NANOS);
    }
}

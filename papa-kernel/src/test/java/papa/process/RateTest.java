package papa.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long MILLI = 1_000_000L;

    private final Rate rate = new Rate();

    @Test
    void lines_are_no_flood_however_many_there_are() {
        for (int i = 0; i < 1000; i++) {
            assertThat(rate.changes(4000, i * 20L * MILLI)).isFalse();
        }
        assertThat(rate.isFlood()).isFalse();
    }

    @Test
    void much_at_once_is_one() {
        assertThat(rate.changes(16 * 1024, 0)).isTrue();
        assertThat(rate.isFlood()).isTrue();
    }

    /** Who reads as fast as it is written meets little each time. */
    @Test
    void it_goes_on_as_long_as_much_comes_in_small_pieces() {
        rate.changes(16 * 1024, 0);
        for (int i = 1; i < 100_000; i++) {
            assertThat(rate.changes(100, i * MILLI / 10)).isFalse();
        }
        assertThat(rate.isFlood()).isTrue();
    }

    @Test
    void it_is_over_when_little_comes_and_may_begin_again() {
        rate.changes(16 * 1024, 0);
        assertThat(rate.changes(100, 5 * MILLI)).isFalse();
        assertThat(rate.changes(100, 25 * MILLI)).isTrue();
        assertThat(rate.isFlood()).isFalse();
        assertThat(rate.changes(64 * 1024, 30 * MILLI)).isTrue();
        assertThat(rate.isFlood()).isTrue();
    }

    @Test
    void the_first_line_after_a_long_silence_ends_it() {
        rate.changes(64 * 1024, 0);
        assertThat(rate.changes(100, 60_000 * MILLI)).isTrue();
    }
}

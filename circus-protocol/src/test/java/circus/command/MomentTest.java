package circus.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MomentTest {
    private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 11, 21, 14, 30, 0, 0, ZoneId.of("Europe/Berlin"));

    @ParameterizedTest
    @CsvSource({
        "-60, -60",
        "10m, -600",
        "2h, -7200",
        "1.5d, -129600",
        "30s, -30",
        "1795217192.5, 1795217192.5",
        "14:30, 1795267800",
        "14:31, 1795181460",
        "9:00:05, 1795248005",
        "2026-11-21T14:30, 1795267800",
        "2026-11-21 14:30:00, 1795267800",
        "2026-11-21T13:30:00Z, 1795267800",
        "2026-11-21T08:30:00-05:00, 1795267800",
        "2026-11-21, 1795215600"
    })
    void a_time_as_people_say_it(String text, double seconds) {
        assertThat(Moment.read(text, NOW)).contains(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "10x", "25:00", "2026-13-01", "--60", "1e5", "-"})
    void what_is_none(String text) {
        assertThat(Moment.read(text, NOW)).isEmpty();
    }

    @Test
    void as_a_property() {
        assertThat(Moment.micros(-60L, NOW)).contains(1795267740_000_000L);
        assertThat(Moment.micros(1795267740.25, NOW)).contains(1795267740_250_000L);
        assertThat(Moment.micros("10m", NOW)).contains(1795267200_000_000L);
        assertThat(Moment.micros(1e300, NOW)).isEqualTo(Optional.empty());
        assertThat(Moment.micros(null, NOW)).isEmpty();
        assertThat(Moment.micros(true, NOW)).isEmpty();
    }
}

package circus.manager.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import circus.options.RotateWhen;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times in Berlin, where clocks were put forward at 2026-03-29 02:00 and back at 2026-10-25 03:00. 2026-11-21 is a Saturday. */
class RotationClockTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "S, 1, false, 2026-11-21T12:00:00, 2026-11-21T12:00:01, 20261121120000",
        "S, 90, false, 2026-11-21T12:00:00, 2026-11-21T12:01:30, 20261121120000",
        "M, 5, false, 2026-11-21T12:00:30, 2026-11-21T12:05:30, 202611211200",
        "H, 1, false, 2026-11-21T12:30:00, 2026-11-21T13:30:00, 2026112112",
        "D, 2, false, 2026-11-21T12:00:00, 2026-11-23T12:00:00, 20261121",
        "D, 1, false, 2026-10-24T12:00:00, 2026-10-25T11:00:00, 20261024",
        "MIDNIGHT, 1, false, 2026-11-21T12:00:00, 2026-11-22T00:00:00, 20261121",
        "MIDNIGHT, 7, false, 2026-11-21T12:00:00, 2026-11-22T00:00:00, 20261121",
        "MIDNIGHT, 1, false, 2026-11-21T00:00:00, 2026-11-22T00:00:00, 20261121",
        "MIDNIGHT, 1, false, 2026-03-28T12:00:00, 2026-03-29T00:00:00, 20260328",
        "MIDNIGHT, 1, false, 2026-03-29T12:00:00, 2026-03-30T00:00:00, 20260329",
        "MIDNIGHT, 1, true, 2026-11-21T00:30:00, 2026-11-21T01:00:00, 20261120",
        "W5, 1, false, 2026-11-21T12:00:00, 2026-11-22T00:00:00, 20261115",
        "W6, 1, false, 2026-11-21T12:00:00, 2026-11-23T00:00:00, 20261116",
        "W0, 1, false, 2026-11-21T12:00:00, 2026-11-24T00:00:00, 20261117",
        "W4, 1, false, 2026-11-21T12:00:00, 2026-11-28T00:00:00, 20261121",
        "W6, 1, false, 2026-10-24T12:00:00, 2026-10-26T00:00:00, 20261019",
    })
    void the_next_time_and_how_the_file_is_named_then(
            RotateWhen when, int interval, boolean utc, LocalDateTime begun, LocalDateTime next, String suffix) {
        RotationClock clock = new RotationClock(new Rotation.ByTime(when, interval, utc, 0), BERLIN);

        Instant rotated = clock.next(begun.atZone(BERLIN).toInstant());

        assertThat(rotated.atZone(BERLIN).toLocalDateTime()).isEqualTo(next);
        assertThat(clock.suffix(rotated)).isEqualTo(suffix);
    }
}

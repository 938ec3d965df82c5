package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NoticeTest {
    private static final Instant ASKED = Instant.ofEpochMilli(1_000_000);
    private static final Notice NOTICE = new Notice(ExitReason.RELOAD_IN_TURN, 15, Duration.ofSeconds(6), ASKED);

    @Test
    void it_comes_back_as_it_was_written() {
        assertThat(Notice.parse(NOTICE.text())).contains(NOTICE);
    }

    @Test
    void what_no_version_of_ours_wrote_is_none() {
        for (String text : new String[] {"", "STOP", "STOP x 1 2", "GONE 15 1 2", "STOP 15 1 2 3"}) {
            assertThat(Notice.parse(text)).as(text).isEmpty();
        }
        assertThat(Notice.parse(null)).isEmpty();
    }

    @Test
    void the_time_that_is_left_is_never_more_than_there_was_whatever_the_clock_says() {
        assertThat(NOTICE.left(ASKED.plusSeconds(2))).isEqualTo(Duration.ofSeconds(4));
        assertThat(NOTICE.left(ASKED.plusSeconds(3600))).isZero();
        assertThat(NOTICE.left(ASKED.minusSeconds(3600))).isEqualTo(Duration.ofSeconds(6));
    }
}

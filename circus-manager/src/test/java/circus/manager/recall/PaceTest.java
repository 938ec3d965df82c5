package circus.manager.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import papa.wire.Frame.Channel;

/** When what is said is written. */
final class PaceTest {
    private static final long MS = Duration.ofMillis(1).toNanos();
    private static final Voice LOUD = new Voice(1, Channel.OUT);
    private static final Voice QUIET = new Voice(2, Channel.OUT);

    private final Pace pace = new Pace();
    private long floodIn;

    private List<Object> due(long now, Set<Object> unwritten) {
        return pace.due(unwritten, (voice, window) -> voice.equals(LOUD) && window == floodIn, now);
    }

    @Test
    void a_flood_waits_until_the_time_is_over_and_nobody_else_does() {
        long now = -5 * MS;
        assertThat(due(now, new LinkedHashSet<>(List.of(LOUD, QUIET)))).containsExactly(LOUD, QUIET);
        assertThat(pace.nextNanos()).isEqualTo(Long.MAX_VALUE);
        floodIn = pace.window();
        Set<Object> unwritten = new LinkedHashSet<>(List.of(LOUD, QUIET));
        assertThat(due(now + 10 * MS, unwritten)).containsExactly(QUIET);
        assertThat(unwritten).containsExactly(LOUD);
        assertThat(pace.nextNanos()).isEqualTo(now + 50 * MS);
        assertThat(due(now + 49 * MS, unwritten)).isEmpty();
        assertThat(due(now + 50 * MS, unwritten)).containsExactly(LOUD);
        assertThat(unwritten).isEmpty();
        assertThat(pace.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }
}

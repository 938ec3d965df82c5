package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.failpoint.Failpoint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promise 2: whatever happens to the manager, to workers and to the names of files, every line is in the logs once and in its order.
 * {@code -Dcircus.torture=200} for the long run, {@code -Dcircus.seed=N} for the choices of an earlier one.
 */
@ExtendWith(HomeExtension.class)
@Timeout(3600)
class TortureTest {
    /** Places of the output path, the first and the last as they are declared. */
    private static final Set<Failpoint> PLACES = EnumSet.range(Failpoint.BEFORE_COMMIT, Failpoint.IN_RECOVERY);

    private static final int ROUNDS = Integer.getInteger("circus.torture", 10);

    /** The kernel captures a line some microseconds after its writer has looked at the clock; a busy machine may take longer. */
    private static final long LATEST_MICROS = 2_000_000;

    @Test
    void every_line_of_fifty_workers_is_logged_once_and_in_order(Home home) {
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed + ", circus.torture=" + ROUNDS);
        Random random = new Random(seed);
        Tormented tormented = new Tormented(home, random);
        List<Failpoint> places = new ArrayList<>();
        Map<Failpoint, Integer> ends = new EnumMap<>(Failpoint.class);
        tormented.live(Duration.ofSeconds(1));
        for (int round = 1; round < ROUNDS; round++) {
            tormented.leaveAlone(upTo(random, Duration.ofMillis(600)));
            if (places.isEmpty()) {
                places.addAll(PLACES);
                Collections.shuffle(places, random);
            }
            if (round % 5 == 0) {
                tormented.live(upTo(random, Duration.ofMillis(1500)));
            } else {
                Failpoint place = places.remove(0);
                if (tormented.liveUpTo(place, count(place, random))) {
                    ends.merge(place, 1, Integer::sum);
                }
            }
        }
        tormented.end();
        LogJudge judge = tormented.judge();
        System.out.printf(
                "%d workers, %d lines in %d files, %d of them broken where lines meet; %d workers killed; circusd died %d times, of these %s%n",
                tormented.workers(),
                judge.lines(),
                tormented.files(),
                judge.broken(),
                tormented.killed(),
                ROUNDS,
                ends);
        System.out.printf(
                "time stamps differ from the writer's own by %d us (median), %d us (99 %%), %d us (most)%n",
                judge.lateMicros(0.5), judge.lateMicros(0.99), judge.lateMicros(1));
        assertThat(judge.faults()).as("faults, after %s", tormented.deeds()).isEmpty();
        assertThat(judge.lines()).isGreaterThan(1000L);
        assertThat(judge.lateMicros(0.99)).isBetween(0L, LATEST_MICROS);
    }

    /** The how manieth time it is to be; some places are not come to often. */
    private static int count(Failpoint place, Random random) {
        return switch (place) {
            case IN_RECOVERY -> 1;
            case BEFORE_RENAME, AFTER_RENAME -> 1 + random.nextInt(5);
            case BEFORE_COMMIT, COMMITTED, BEFORE_WRITE, TORN_WRITE, AFTER_WRITE -> 1 + random.nextInt(200);
            case AFTER_SPAWN, IN_RELOAD, IN_GRACE, BEFORE_RECORD ->
                throw new IllegalArgumentException(place + " is no place of the output path");
        };
    }

    private static Duration upTo(Random random, Duration most) {
        return Duration.ofNanos((long) (random.nextDouble() * most.toNanos()));
    }
}

package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaUpgrade;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import papa.client.PapaException;

/**
 * Everything at once, for a long time: what papa takes at the end is what it took after the first minute. {@code -Dcircus.soak=60m} for
 * the long run, {@code -Dcircus.seed=N} to have the same chances again.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 3, unit = TimeUnit.DAYS)
class SoakTest {
    private static final Duration TIME =
            Duration.parse("PT" + System.getProperty("circus.soak", "8s").toUpperCase(java.util.Locale.ROOT));
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration BETWEEN_UPGRADES = Duration.ofSeconds(5);

    /** Of memory: what the heap and the compiler take more of, and give back, by chance. */
    private static final double MOST_GROWTH = 1.15;

    private static final long MOST_GROWTH_KB = 8 * 1024;

    private final Home home;
    private final long seed = Long.getLong("circus.seed", System.nanoTime());
    private final Curve curve = new Curve();

    SoakTest(Home home) {
        this.home = home;
    }

    @Test
    void what_papa_takes_at_the_end_is_what_it_took_after_the_first_minute() throws PapaException {
        System.out.println("circus.seed=" + seed + ", circus.soak=" + TIME);
        Kernel kernel = home.kernelWithControlGroups();
        try (LoadedPapa loaded = LoadedPapa.start(home, kernel)) {
            Duration first = TIME.dividedBy(4).compareTo(FIRST) < 0 ? TIME.dividedBy(4) : FIRST;
            Footprint early = run(loaded, kernel, first, 0);
            loaded.goOn();
            Footprint late = run(loaded, kernel, TIME.minus(first), 1);
            assertThat(late.moreThan(early)).as("descriptors\n" + curve).isEmpty();
            assertThat(late.children()).as("children\n" + curve).isEqualTo(early.children());
            assertThat(late.moreThreadsThan(early)).as("threads\n" + curve).isEmpty();
            hasNotGrown("resident", early.residentKb(), late.residentKb());
            hasNotGrown("proportional", early.proportionalKb(), late.proportionalKb());
            System.out.print(curve);
            System.out.println(loaded.nothingWasNoticed());
        }
        home.mustBeEmpty();
    }

    private void hasNotGrown(String what, long early, long late) {
        assertThat((double) late)
                .as(what + ", KB; it was " + early + "\n" + curve)
                .isLessThan(early * MOST_GROWTH + MOST_GROWTH_KB);
    }

    /** Trouble for some time, with upgrades; what papa takes when it is calm again. */
    private Footprint run(LoadedPapa loaded, Kernel kernel, Duration time, int round) {
        long deadline = System.nanoTime() + time.toNanos();
        try (Trouble one = Trouble.start(kernel, home.directory(), "one", seed + round);
                Trouble other = Trouble.start(kernel, home.directory(), "other", ~seed + round)) {
            while (System.nanoTime() < deadline) {
                LockSupport.parkNanos(Math.min(BETWEEN_UPGRADES.toNanos(), time.toNanos() / 2));
                loaded.during(() -> PapaUpgrade.run(home, kernel.socket()).mustSucceed());
                one.check();
                other.check();
                loaded.check();
                curve.add("running", Footprint.of(kernel.daemon().pid()));
            }
            System.out.println(one.stop() + other.stop() + " times trouble");
        }
        Footprint calm = loaded.calm();
        curve.add("calm", calm);
        return calm;
    }
}

package circus.manager.feed;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.feed.Population.SocketHits;
import circus.manager.kernel.ListedSocket;
import circus.manager.watcher.Clock;
import circus.manager.watcher.FakeKernel;
import circus.manager.watcher.Reconciler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HitCounterTest {
    private static final long PAUSE = HitCounter.PAUSE.toNanos();

    private long now = 1_000_000_000L;
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };
    private final FakeKernel kernel = new FakeKernel(clock, exit -> {}, incarnation -> {});
    private final HitCounter counter = new HitCounter(kernel, clock, reconciler -> {});

    HitCounterTest() {
        kernel.listed.add(new ListedSocket("web", 9, 100, Optional.of("127.0.0.1"), 8000, Optional.empty()));
    }

    private long reads() {
        List<List<SocketHits>> told = new ArrayList<>();
        counter.tell(told::add);
        kernel.turn();
        return told.get(0).stream().mapToLong(SocketHits::hits).sum();
    }

    private long step() {
        long wake = counter.step(now);
        kernel.turn();
        return wake;
    }

    @Test
    void the_kernel_is_asked_again_after_a_pause_for_each_hit() {
        assertThat(reads()).isZero();
        step();
        kernel.connect("web");
        assertThat(step()).isEqualTo(now + PAUSE);
        now += PAUSE;
        step();
        kernel.connect("web");
        assertThat(reads()).isEqualTo(2);
        assertThat(reads()).isZero();
    }

    @Test
    void nobody_is_asked_any_more_when_nobody_has_wanted_to_know_for_a_while() {
        reads();
        assertThat(step()).isEqualTo(now + HitCounter.INTEREST.toNanos());
        kernel.connect("web");
        now += HitCounter.INTEREST.toNanos();
        assertThat(step()).isEqualTo(Reconciler.NEVER);
        assertThat(kernel.callers).isEmpty();
        assertThat(reads()).as("what was counted for nobody").isZero();
    }

    @Test
    void nobody_is_asked_while_nobody_listens() {
        assertThat(step()).isEqualTo(Reconciler.NEVER);
        assertThat(kernel.callers).isEmpty();
        reads();
        step();
        assertThat(kernel.callers).containsOnlyKeys("web");
        counter.stop();
        kernel.connect("web");
        assertThat(step()).isEqualTo(Reconciler.NEVER);
        assertThat(kernel.callers).isEmpty();
    }
}

package papa.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.PosixException;

class TimersTest {
    private final EventLoop loop;

    TimersTest() throws PosixException {
        loop = new EventLoop(new NativePosix());
    }

    @Test
    void what_is_called_off_is_kept_no_longer() {
        EventLoop.Timer first = loop.after(1_000_000_000_000L, () -> {});
        for (int i = 0; i < 10_000; i++) {
            loop.after(5_000_000_000L, () -> {}).cancel();
            first.set(5_000_000_000L + i);
        }
        assertThat(loop.timersSet()).isOne();
        assertThat(first.isSet()).isTrue();
        first.cancel();
        first.cancel();
        assertThat(first.isSet()).isFalse();
        assertThat(loop.timersSet()).isZero();
    }

    @Test
    void whatever_is_set_and_called_off_the_others_come_in_their_order_and_once() throws PosixException {
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed);
        Random random = new Random(seed);
        List<Integer> delays = new ArrayList<>();
        List<Integer> came = new ArrayList<>();
        List<EventLoop.Timer> timers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            int delay = random.nextInt(1000);
            delays.add(delay);
            timers.add(loop.after(delay * 50_000L, () -> came.add(delay)));
        }
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            int what = random.nextInt(3);
            EventLoop.Timer timer = timers.get(i);
            if (what == 0) {
                timer.cancel();
            } else {
                expected.add(delays.get(i));
            }
            if (what == 1) {
                timer.set(delays.get(i) * 50_000L);
            }
        }
        loop.after(200_000_000L, loop::stop);
        assertThat(loop.timersSet()).isEqualTo(expected.size() + 1);
        loop.run();
        assertThat(came).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(loop.timersSet()).isZero();
    }

    /** Of those that are due at once, too. */
    @Test
    void one_that_another_calls_off_does_not_come() throws PosixException {
        List<String> came = new ArrayList<>();
        EventLoop.Timer[] second = new EventLoop.Timer[1];
        loop.after(0, () -> {
            came.add("first");
            second[0].cancel();
        });
        second[0] = loop.after(0, () -> came.add("second"));
        loop.after(1, loop::stop);
        loop.run();
        assertThat(came).containsExactly("first");
    }

    @Test
    void the_earliest_comes_first() throws PosixException {
        List<Integer> came = new ArrayList<>();
        int[] order = {7, 3, 9, 1, 8, 2, 6, 0, 5, 4};
        List<EventLoop.Timer> dropped = new ArrayList<>();
        for (int each : order) {
            loop.after(each * 2_000_000L, () -> came.add(each));
            dropped.add(loop.after(each * 2_000_000L + 1_000_000L, () -> came.add(-1)));
        }
        dropped.forEach(EventLoop.Timer::cancel);
        loop.after(30_000_000L, loop::stop);
        loop.run();
        assertThat(came).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
}

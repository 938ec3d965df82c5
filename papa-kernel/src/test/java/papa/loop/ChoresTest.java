package papa.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;

@Timeout(60)
class ChoresTest {
    private final EventLoop loop = new EventLoop(new NativePosix());
    private final Chores chores = new Chores(loop);
    private final List<String> done = new ArrayList<>();

    ChoresTest() throws Exception {}

    /** Takes several turns, and says so; may fail at the end, and when it is told of that. */
    private Chores.Chore chore(String name, boolean fails) {
        int[] left = {200};
        return new Chores.Chore() {
            @Override
            public boolean goOn(Chores.Budget budget) {
                while (left[0] > 0 && budget.spend()) {
                    left[0]--;
                }
                if (left[0] > 0) {
                    return false;
                }
                if (fails) {
                    throw new IllegalStateException("a fault that is part of the test");
                }
                done.add(name);
                if (name.equals("last")) {
                    loop.stop();
                }
                return true;
            }

            @Override
            public void failed(Throwable fault) {
                done.add(name + " failed");
                throw new IllegalStateException("another fault that is part of the test");
            }
        };
    }

    @Test
    void who_fails_even_when_it_is_told_so_stops_nobody_else() throws Exception {
        loop.post(() -> {
            assertThat(chores.begin(chore("first", true))).isTrue();
            assertThat(chores.begin(chore("second", false))).isTrue();
        });
        loop.after(
                100_000_000L,
                () -> assertThat(chores.begin(chore("last", false))).isTrue());
        loop.after(20_000_000_000L, loop::stop);
        loop.run();
        assertThat(done).containsExactly("first failed", "second", "last");
        assertThat(chores.none()).isTrue();
    }
}

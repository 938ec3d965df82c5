package circus.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Limit;

/** A kernel that holds as many processes as it may: half a minute of starts, so that the memory for them is seen to be there. */
@ExtendWith(HomeExtension.class)
class ProcessLimitTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int AT_ONCE = 256;

    private final Home home;
    private final List<String> refusals = new ArrayList<>();
    private int answers;

    ProcessLimitTest(Home home) {
        this.home = home;
    }

    @Test
    void the_last_process_that_is_allowed_starts_and_the_next_one_is_refused() throws PapaException {
        int most = Limit.PROCESSES.most();
        try (KernelChannel kernel = KernelChannel.open(home.kernel().socket(), frame -> {})) {
            for (int i = 0; i < most + 1; i++) {
                make(kernel, "p" + i);
                while (i + 1 - answers >= AT_ONCE) {
                    kernel.pump(LIMIT);
                }
            }
            while (answers < most + 1) {
                kernel.pump(LIMIT);
            }
            assertThat(refusals).hasSize(1);
            assertThat(refusals.get(0))
                    .contains("cannot start p" + most + ": there are " + most + " processes already");

            assertThat(kernel.call(List.of("list", "processes", "p0"), LIMIT)).startsWith("p0 ");
            kernel.call(List.of("remove", "processes", "p0"), LIMIT);
            make(kernel, "one-more");
            while (answers < most + 2) {
                kernel.pump(LIMIT);
            }
            assertThat(refusals).hasSize(1);
        }
    }

    private void make(KernelChannel kernel, String name) {
        List<String> words = List.of("make", "process", name, "stdout=0", "stderr=0", "--", "/bin/true");
        kernel.request(words, new ReplyListener() {
            @Override
            public void ok(String text) {
                answers++;
            }

            @Override
            public void failed(String reason) {
                answers++;
                refusals.add(reason);
            }
        });
    }
}

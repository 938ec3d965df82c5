package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.ReplyListener;

/** The list in which a waiting child is found is not exact while other children end. */
@Timeout(120)
class GatedFloodTest {
    private static final int STARTS = 3_000;
    private static final int AT_ONCE = 32;

    private final List<String> refusals = new ArrayList<>();
    private int answers;

    @Test
    void every_start_that_waits_at_the_gate_is_found_there_while_thousands_of_others_end() throws Exception {
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            for (int i = 0; i < STARTS; i++) {
                int least = i + 1 - AT_ONCE;
                client.channel.request(
                        List.of(
                                "make",
                                "process",
                                "p" + i,
                                "stdout=0",
                                "stderr=0",
                                "rlimit.core=" + i,
                                "--",
                                "/bin/true"),
                        new ReplyListener() {
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
                client.until(() -> answers >= least);
            }
            client.until(() -> answers == STARTS);
            assertThat(refusals).isEmpty();
        }
    }
}

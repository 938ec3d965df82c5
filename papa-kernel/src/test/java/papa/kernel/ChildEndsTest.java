package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.wire.Frame;

@Timeout(60)
class ChildEndsTest {
    @Test
    void adopted_children_that_end_while_nobody_waits_are_reaped_all_the_same() throws Exception {
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "output", "w");
            // Each subshell ends at once, so its child is adopted; they end together, while who brought them forth goes
            // on.
            long worker = client.start(
                    "w",
                    "for i in 1 2 3 4 5 6 7 8 9 10; do"
                            + " (sleep 0.5 & echo $!; sleep 0.51 & echo $!; sleep 0.53 & echo $!); done; echo all; exec sleep 100");
            client.until(() -> client.output(worker).contains("all"));
            List<Path> adopted = client.output(worker)
                    .lines()
                    .filter(line -> !line.equals("all"))
                    .map(pid -> Path.of("/proc", pid))
                    .toList();
            assertThat(adopted).hasSize(30);
            client.until(() -> adopted.stream().noneMatch(Files::exists)); // one that is not reaped is still there
            assertThat(client.has(Frame.Exit.class, worker)).isFalse();
        }
    }
}

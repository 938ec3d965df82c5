package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Line by line, good and bad: what our circusctl prints, and its exit code, beside what that of Circus 0.19.0 printed in front of the same
 * daemon. {@code -Dcircus.compare=write} writes what ours does now into the file of {@link CommandLines}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@ExtendWith(HomeExtension.class)
class CircusctlComparisonTest {
    private static final boolean WRITE = "write".equals(System.getProperty("circus.compare"));

    @Test
    void prints_what_circus_prints_or_for_a_reason(Home home) throws IOException {
        CommandLines lines = CommandLines.read();
        List<String> faults = new ArrayList<>();
        Circus circus = lines.start(home);
        for (CommandLines.Entry entry : lines.entries()) {
            JsonNode outcome = CommandLines.run(
                    home, circus, List.of(Installation.launcher("circusctl").toString()), entry.line());
            if (WRITE) {
                entry.record("ours", outcome);
            }
            if (!outcome.equals(entry.expected())) {
                faults.add(entry.line() + "\n  expected " + entry.expected() + "\n  came     " + outcome);
            }
            if (entry.ours() != null && entry.ours().equals(entry.circus())) {
                faults.add(entry.line() + ": does what Circus does, so the difference must leave the table");
            }
            if (entry.ours() != null && entry.why().isEmpty()) {
                faults.add(entry.line() + ": differs without a reason\n  Circus " + entry.circus() + "\n  ours   "
                        + entry.ours());
            }
        }
        assertThat(circus.manager().awaitExit(Duration.ofSeconds(30))).isZero();
        if (WRITE) {
            lines.save();
        }
        assertThat(lines.entries()).hasSizeGreaterThanOrEqualTo(150);
        assertThat(faults).isEmpty();
    }
}

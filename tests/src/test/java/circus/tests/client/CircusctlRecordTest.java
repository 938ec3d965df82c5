package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PythonCircus;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What {@link CommandLines} says of Circus's circusctl is what that does, in front of our daemon. Runs where {@code -Dcircus.python} names a
 * checkout of Circus 0.19.0; {@code -Dcircus.compare=record} records it anew.
 */
@Tag(PythonCircus.TAG)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@ExtendWith(HomeExtension.class)
class CircusctlRecordTest {
    private static final boolean RECORD = "record".equals(System.getProperty("circus.compare"));

    @Test
    void circus_prints_what_was_recorded(Home home) throws IOException {
        CommandLines lines = CommandLines.read();
        List<String> faults = new ArrayList<>();
        List<String> program = PythonCircus.program(
                "-c", "import sys; sys.argv[0] = 'circusctl'; from circus.circusctl import main; main()");
        Circus circus = lines.start(home);
        for (CommandLines.Entry entry : lines.entries()) {
            JsonNode outcome = CommandLines.run(home, circus, program, entry.line());
            if (!outcome.equals(entry.circus())) {
                faults.add(entry.line() + "\n  recorded " + entry.circus() + "\n  came     " + outcome);
            }
            if (RECORD) {
                entry.record("circus", outcome);
            }
        }
        if (RECORD) {
            lines.save();
        } else {
            assertThat(faults).isEmpty();
        }
    }
}

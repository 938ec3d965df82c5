package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PythonCircus;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code resources/comparison} says of Circus is what Circus does. Runs where {@code -Dcircus.python} names a checkout of Circus
 * 0.19.0; {@code -Dcircus.compare=record} records it anew.
 */
@Tag(PythonCircus.TAG)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@ExtendWith(HomeExtension.class)
class PythonRecordTest {
    private static final boolean RECORD = "record".equals(System.getProperty("circus.compare"));

    @ParameterizedTest
    @MethodSource("circus.tests.client.PythonComparisonTest#names")
    void circus_does_what_was_recorded(String name, Home home) throws IOException {
        Comparison comparison = Comparison.read(name);
        List<String> faults = new ArrayList<>();
        try (Exchanger exchanger = Exchanger.start(home, comparison, PythonCircus::start)) {
            for (Comparison.Entry entry : comparison.entries()) {
                JsonNode outcome = exchanger.exchange(entry.job());
                if (!outcome.equals(entry.circus())) {
                    faults.add(entry.title() + ": " + entry.request() + "\n  recorded " + entry.circus()
                            + "\n  came     " + outcome);
                }
                if (RECORD) {
                    entry.recordCircus(outcome);
                }
            }
        }
        if (RECORD) {
            comparison.save();
        } else {
            assertThat(faults).isEmpty();
        }
    }
}

package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Request by request, good and bad: what our daemon answers and tells, beside what Circus 0.19.0 answered and told. What was recorded from
 * Circus stands in {@code resources/comparison}, and so does each difference with the decision behind it; docs/compatibility.md shows them.
 * {@code -Dcircus.compare=write} writes what ours does now into these files; {@code -Dcircus.comparisons=REGEX} chooses some.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(HomeExtension.class)
class PythonComparisonTest {
    private static final boolean WRITE = "write".equals(System.getProperty("circus.compare"));

    static Stream<String> names() {
        return Comparisons.NAMES.stream().filter(name -> name.matches(System.getProperty("circus.comparisons", ".*")));
    }

    @ParameterizedTest
    @MethodSource("names")
    void answers_as_circus_or_for_a_reason(String name, Home home) throws IOException {
        Comparison comparison = Comparison.read(name);
        List<String> faults = new ArrayList<>();
        try (Exchanger exchanger = Exchanger.start(home, comparison, circus -> circus.start())) {
            for (Comparison.Entry entry : comparison.entries()) {
                JsonNode outcome = exchanger.exchange(job(entry));
                if (WRITE) {
                    entry.recordOurs(outcome);
                }
                faults.addAll(faults(entry, outcome));
            }
        }
        if (WRITE) {
            comparison.save();
        }
        assertThat(faults).isEmpty();
    }

    private static ObjectNode job(Comparison.Entry entry) {
        JsonNode expected = entry.expected();
        ObjectNode job = entry.job();
        ArrayNode topics = job.putArray("expect");
        expected.get("events").forEach(event -> topics.add(event.get(0)));
        if (expected.get("answers").isEmpty()) {
            job.put("silent", true);
        } else {
            job.put("patience", 20);
        }
        return job;
    }

    private static List<String> faults(Comparison.Entry entry, JsonNode outcome) {
        List<String> faults = new ArrayList<>();
        boolean same =
                outcome.toString().equals(Objects.requireNonNull(entry.circus()).toString());
        if (!outcome.toString().equals(entry.expected().toString())) {
            faults.add(entry.title() + ": " + entry.request() + "\n  expected " + entry.expected() + "\n  came     "
                    + outcome);
        }
        if (same && entry.ours() != null) {
            faults.add(entry.title() + ": does what Circus does, so the difference must leave the table");
        }
        if (entry.ours() != null && entry.why().isEmpty()) {
            faults.add(entry.title() + ": differs without a reason\n  Circus " + entry.circus() + "\n  ours   "
                    + entry.ours());
        }
        return faults;
    }
}

package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A worker that ends by itself with the same exit code again and again. Each end has to be told, once, with that code. One thread uses it. */
final class Mortal {
    private static final String NAME = "mortal";
    private static final long CODE = 7;
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Each pid that it had. */
    private final Path pids;

    private final Path program;
    private final Set<String> told = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> doubtful = new HashSet<>();
    private long since;

    Mortal(Home home) {
        pids = home.path("mortal.pids");
        program = home.script("mortal", "echo $$ >> " + pids + "\n/bin/sleep 1.5\nexit " + CODE + "\n");
    }

    /** Of the configuration. */
    String section() {
        return "[watcher:" + NAME + "]\ncmd = " + program + "\n";
    }

    /** All that have ended are told of by now. */
    void check(Circus circus) {
        List<String> before = Home.read(pids).lines().toList();
        // The last one may be alive.
        ended.addAll(before.subList(0, Math.max(0, before.size() - 1)));
        ended.removeAll(doubtful);
        await("the ends of " + NAME + " are told").atMost(SOON).untilAsserted(() -> {
            take(circus);
            assertThat(told).containsAll(ended);
        });
    }

    /** The memory of events was lost: who can tell whether the ends so far are in there? */
    void forget() {
        doubtful.addAll(Home.read(pids).lines().toList());
    }

    private void take(Circus circus) {
        Map<String, Object> fields = circus.call(
                        "events", Map.of("names", List.of(NAME), "kind", "exit", "since", since))
                .fields();
        if (!(fields.get("events") instanceof List<?> events) || !(fields.get("next") instanceof Number next)) {
            throw new AssertionError("no events: " + fields);
        }
        for (Object each : events) {
            if (each instanceof Map<?, ?> event) {
                assertThat(event.get("exit_code")).as(event.toString()).isEqualTo(CODE);
                assertThat(told.add(String.valueOf(event.get("process_pid"))))
                        .as("told for the first time: " + event)
                        .isTrue();
            }
        }
        since = next.longValue();
    }
}

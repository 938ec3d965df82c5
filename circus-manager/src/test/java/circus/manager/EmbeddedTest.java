package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a program's manager makes of what it is told, before it starts anything. */
class EmbeddedTest {
    /** Programs under a service manager have them; a worker that had them could tell it what it likes. */
    @Test
    void what_a_service_manager_tells_the_program_is_not_for_its_workers() throws Exception {
        Map<String, String> environment = Map.of(
                "NOTIFY_SOCKET", "/run/n", "WATCHDOG_USEC", "5", "WATCHDOG_PID", "7", "HOME", "/h", "PATH", "/bin");
        assertThat(endpoint(environment, "HOME")).isEqualTo("ipc:///h");
        for (String name : List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")) {
            assertThat(endpoint(environment, name)).isEqualTo("ipc://$(circus.env." + name + ")");
        }
    }

    /** With a variable of the manager's environment in it. */
    private static String endpoint(Map<String, String> environment, String variable) throws Exception {
        Map<String, String> options = Map.of("endpoint", "ipc://$(circus.env." + variable + ")");
        return new Embedded(new Embedded.Plan(
                        Map.of("circus", options),
                        Optional.empty(),
                        "test",
                        List.of(),
                        environment,
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream()))
                .endpoint();
    }
}

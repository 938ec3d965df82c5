package circus.manager.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A helper process that does not do its part. */
class PythonProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** More than the pipe to it holds, so its writer waits by then, and far fewer than are kept. */
    private static final int FIRST = 5_000;

    private static final int MORE_THAN_ARE_KEPT = 12_000;

    @Test
    void one_that_does_not_read_is_killed_and_nobody_waits_for_that(@TempDir Path folder) throws Exception {
        Path program = folder.resolve("mute");
        Files.writeString(program, "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        CompletableFuture<String> end = new CompletableFuture<>();
        PythonProcess process = start(program, end);
        Map<String, String> message = Map.of("text", "x".repeat(100));
        send(process, message, FIRST);
        long before = waits();

        send(process, message, MORE_THAN_ARE_KEPT - FIRST);

        assertThat(waits()).as("how often this thread has waited").isEqualTo(before);
        assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("it was ended by signal 9");
        Deadline.await("its end", PATIENCE, () -> !process.isAlive());
    }

    private static PythonProcess start(Path program, CompletableFuture<String> end) throws IOException {
        return PythonProcess.start(
                new Interpreter(program, Path.of("helper"), Map.of("PATH", "/usr/bin:/bin")),
                "mute",
                new PythonProcess.Listener() {
                    @Override
                    public void message(Map<String, @Nullable Object> message) {}

                    @Override
                    public void ended(String how) {
                        boolean unused = end.complete(how);
                    }
                });
    }

    private static void send(PythonProcess process, Map<String, String> message, int count) {
        for (int i = 0; i < count; i++) {
            process.send(message);
        }
    }

    private static long waits() {
        return ManagementFactory.getThreadMXBean()
                .getThreadInfo(Thread.currentThread().getId())
                .getWaitedCount();
    }
}

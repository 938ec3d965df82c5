package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code bin/circus-plugin} for a circusd; ended by {@link #close} at the latest. */
final class PluginProgram implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Process process;
    private final Path log;

    private PluginProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static PluginProgram start(Home home, Circus circus, String... words) {
        return through("", home, circus, words);
    }

    /** @param path where it looks for programs first */
    static PluginProgram through(String path, Home home, Circus circus, String... words) {
        List<String> command = new ArrayList<>(List.of(
                Installation.launcher("circus-plugin").toString(),
                "--endpoint",
                circus.endpoint(),
                "--pubsub",
                circus.eventEndpoint()));
        command.addAll(List.of(words));
        Path log = home.path("plugin-" + NUMBERS.incrementAndGet() + ".log");
        try {
            ProcessBuilder builder = home.prepared(command);
            if (!path.isEmpty()) {
                builder.environment().merge("PATH", path, (all, first) -> first + ":" + all);
            }
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new PluginProgram(process, log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String log() {
        return Home.read(log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitLog(String text) {
        await(text).atMost(PATIENCE).until(() -> log().contains(text));
    }

    /** Its exit code. */
    int awaitEnd() {
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("ended; it says %s", log())
                    .isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        return process.exitValue();
    }

    /** SIGTERM; its exit code. */
    int terminate() {
        process.destroy();
        return awaitEnd();
    }

    /** SIGQUIT; its exit code, when nothing is left of what its JVM writes. */
    int quit() {
        long pid = process.pid();
        assertThat(Installation.dumps("circus-plugin", pid)).isDirectory();
        Commands.run(PATIENCE, "kill", "-QUIT", Long.toString(pid)).mustSucceed();
        int code = awaitEnd();
        assertThat(Installation.dumps("circus-plugin", pid)).doesNotExist();
        return code;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

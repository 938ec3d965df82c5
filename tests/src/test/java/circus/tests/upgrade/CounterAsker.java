package circus.tests.upgrade;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Python process that asks for something all the time which may be carried out neither twice nor not at all: {@code asker.py}. */
final class CounterAsker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;

    private CounterAsker(Process process) {
        this.process = process;
    }

    /** @param watchers one for each client; the first half of them keep their connection */
    static CounterAsker start(Home home, Circus circus, List<String> watchers) {
        DebianPython.requireZmq();
        List<String> words = new ArrayList<>(
                List.of(DebianPython.PROGRAM, home.resource("upgrade/asker.py").toString(), circus.endpoint()));
        words.addAll(watchers);
        try {
            return new CounterAsker(home.prepared(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Ends it; by watcher {@code answered}, {@code looked} and {@code failure}. */
    JsonNode stop() {
        try {
            process.getOutputStream().close();
            byte[] report = process.getInputStream().readAllBytes();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("asker.py has failed: " + new String(report, StandardCharsets.UTF_8));
            }
            return JSON.readTree(report);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            throw new AssertionError(hurried);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

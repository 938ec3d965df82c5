package circus.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Children that {@code peer hold} or {@code client hold} keeps running until {@link #end}. */
final class Held implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final long upNanos;

    /** Returns when all of them run. */
    Held(List<String> command) throws IOException {
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        upNanos = Peers.number("up", line());
    }

    private String line() throws IOException {
        String line = output.readLine();
        return line == null ? "nothing" : line;
    }

    long pid() {
        return process.pid();
    }

    /** How long it took until all of them ran. */
    double upMillis() {
        return upNanos / 1e6;
    }

    /** Ends them; milliseconds until all had ended. */
    double end() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().close();
        double millis = Peers.number("down", line()) / 1e6;
        close();
        return millis;
    }

    @Override
    public void close() {
        try {
            if (!process.waitFor(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            output.close();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package circus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that runs {@code peer.py} with Debian's python3-zmq; the test is skipped where that is not installed. */
final class PythonPeer implements AutoCloseable {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private final Process process;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final String endpoint;

    PythonPeer(String mode, String bindTo, String... more)
            throws IOException, URISyntaxException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no python3");
        Path script = Path.of(
                Objects.requireNonNull(getClass().getResource("peer.py")).toURI());
        List<String> words = new ArrayList<>(List.of(PYTHON.toString(), script.toString(), mode, bindTo));
        words.addAll(List.of(more));
        process = new ProcessBuilder(words).redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "python-peer");
        reader.setDaemon(true);
        reader.start();
        endpoint = line();
        if (endpoint.startsWith("Traceback")) {
            StringBuilder all = new StringBuilder(endpoint);
            process.waitFor(5, TimeUnit.SECONDS);
            lines.forEach(line -> all.append('\n').append(line));
            assumeTrue(!all.toString().contains("No module named 'zmq'"), "python3-zmq is not installed");
            throw new IllegalStateException(all.toString());
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            lines.add(ended.toString());
        }
    }

    String endpoint() {
        return endpoint;
    }

    /** The next line that the peer prints. */
    String line() throws InterruptedException {
        String line = lines.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("a line of the peer").isNotNull();
        return Objects.requireNonNull(line);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

package circus.tests.client;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A Python process that speaks as Circus's own client does, over libzmq. Needs Debian's python3-zmq. One thread uses it. */
final class PythonClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;

    PythonClient(Circus circus) {
        DebianPython.requireZmq();
        try {
            process = new ProcessBuilder(
                            DebianPython.PROGRAM, script().toString(), circus.endpoint(), circus.eventEndpoint())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    private static Path script() {
        URL resource = PythonClient.class.getResource("/python/client.py");
        if (resource == null) {
            throw new IllegalStateException("no client.py");
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sends {@code {"command": …, "properties": …}}; the reply. */
    JsonNode call(String request) {
        return ask(request);
    }

    /** Returns when what is published reaches it: a subscription takes its time to arrive. */
    void awaitSubscription(String watcher) {
        ask("subscribed " + watcher);
    }

    /** The next event, as topic and payload. */
    JsonNode event() {
        return ask("events");
    }

    private JsonNode ask(String line) {
        try {
            requests.write(line + "\n");
            requests.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("the Python client gave up at " + line);
            }
            return JSON.readTree(answer);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

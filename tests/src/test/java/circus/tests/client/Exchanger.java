package circus.tests.client;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Has {@code python/exchange.py} send the requests of a {@link Comparison} to a daemon, whichever it is. One thread uses it. */
final class Exchanger implements AutoCloseable {
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Circus circus;
    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;

    private Exchanger(Home home, Circus circus, int port, Process process) {
        this.circus = circus;
        this.process = process;
        places.put("<endpoint>", circus.endpoint());
        places.put("<pubsub>", circus.eventEndpoint());
        places.put("<dir>", home.directory().toString());
        places.put("127.0.0.1:<port>", "127.0.0.1:" + port);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Who runs the configuration of a comparison. */
    interface Starter {
        void start(Circus circus);
    }

    static Exchanger start(Home home, Comparison comparison, Starter starter) {
        DebianPython.requireZmq();
        int port = Home.freePort();
        Circus circus = home.circus(
                "compared", fill(home, port, comparison.options()), fill(home, port, comparison.sections()) + "\n");
        try {
            Files.copy(
                    Path.of("/bin/sleep"),
                    home.path("nap")); // With the home's name in its command line, it can be found.
            starter.start(circus);
            Process process = new ProcessBuilder(
                            DebianPython.PROGRAM,
                            home.resource("python/exchange.py").toString(),
                            circus.endpoint(),
                            circus.eventEndpoint())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Exchanger(home, circus, port, process);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String fill(Home home, int port, String text) {
        return text.replace("<dir>", home.directory().toString()).replace("<port>", Integer.toString(port));
    }

    Circus circus() {
        return circus;
    }

    /** What the daemon makes of it, made comparable. */
    JsonNode exchange(ObjectNode job) {
        try {
            requests.write(job.toString().replace("<dir>", places.get("<dir>")) + "\n");
            requests.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new AssertionError("exchange.py gave up at " + job);
            }
            return Plain.outcome(Comparison.tree(line), places);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package circus.tests.endpoints;

import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer over libzmq, {@code python/peer.py}: needs Debian's python3-zmq. One thread uses it. */
final class Peer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Process process;
    private final BufferedReader lines;

    private Peer(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /** One that goes on until it is closed; returns when it is connected. */
    static Peer start(Home home, String endpoint, String... words) {
        return start(home, List.of(), endpoint, words);
    }

    static Peer start(Home home, List<String> below, String endpoint, String... words) {
        Peer peer = new Peer(command(home, below, endpoint, words));
        if (!peer.line().equals("ready")) {
            throw new AssertionError("no connection to " + endpoint);
        }
        return peer;
    }

    /** What it prints that comes to its end by itself. */
    static String run(Home home, List<String> below, String endpoint, String... words) {
        return Commands.run(LIMIT, command(home, below, endpoint, words).toArray(String[]::new))
                .mustSucceed()
                .text();
    }

    /** The text is handed on as a word: other users need not be able to read the file. */
    private static List<String> command(Home home, List<String> below, String endpoint, String... words) {
        DebianPython.requireZmq();
        List<String> command = new ArrayList<>(below);
        command.addAll(List.of(DebianPython.PROGRAM, "-c", Home.read(home.resource("python/peer.py")), endpoint));
        command.addAll(List.of(words));
        return command;
    }

    String line() {
        try {
            String line = lines.readLine();
            if (line == null) {
                throw new AssertionError("the peer gave up");
            }
            return line;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Tells it to go on. */
    void nudge() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).append('\n').flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** It reads nothing from now on. */
    void freeze() {
        Commands.run(LIMIT, "kill", "-STOP", Long.toString(process.pid())).mustSucceed();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the peer does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

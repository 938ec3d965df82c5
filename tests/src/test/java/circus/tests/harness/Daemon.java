package circus.tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a daemon's launcher: the process, and what it wrote. One thread uses it. */
public final class Daemon {
    private final String title;
    private final Process process;
    private final Path output;
    private final Path errors;

    private Daemon(String title, Process process, Path output, Path errors) {
        this.title = title;
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /**
     * Starts a launcher; its output goes to {@code TITLE.out} and {@code TITLE.err} in the home.
     *
     * @param below words of another program, that ends in an exec of what follows them
     */
    static Daemon start(Home home, String title, List<String> below, Path launcher, List<String> arguments) {
        List<String> command = new ArrayList<>(below);
        command.add(launcher.toString());
        command.addAll(arguments);
        Path output = home.path(title + ".out");
        Path errors = home.path(title + ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.directory().toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        Installation.prepare(builder, home.directory());
        try {
            return new Daemon(title, builder.start(), output, errors);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int pid() {
        return (int) process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As an operator, or the machine, would at the worst moment. Returns when the process has gone. */
    public void kill9() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    public void signal(String name) {
        Commands.run(Duration.ofSeconds(5), "kill", "-" + name, Integer.toString(pid()))
                .mustSucceed();
    }

    /** Its exit code as a shell would tell it: 128 + N after signal N. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(title + " (pid " + pid() + ") still runs after " + limit + "\n" + story());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + title, interrupted);
        }
    }

    public String output() {
        return Home.read(output);
    }

    public String errors() {
        return Home.read(errors);
    }

    /** What it said, for a failure message. */
    String story() {
        return "--- " + output.getFileName() + "\n" + Home.tail(output()) + "--- " + errors.getFileName() + "\n"
                + Home.tail(errors());
    }

    boolean wroteNothing() {
        try {
            return Files.size(output) + Files.size(errors) == 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package circus.tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end and tells what came of it. */
public final class Commands {
    private Commands() {}

    /** What a program left: its exit code, and all that it wrote. */
    public record Result(List<String> command, int exit, String output, String errors) {
        public Result mustSucceed() {
            if (exit != 0) {
                throw new AssertionError(this);
            }
            return this;
        }

        /** Its output without the last newline. */
        public String text() {
            return output.endsWith("\n") ? output.substring(0, output.length() - 1) : output;
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit " + exit + "\n--- stdout\n" + output + "--- stderr\n" + errors;
        }
    }

    public static Result run(Duration limit, String... command) {
        return run(limit, new ProcessBuilder(command));
    }

    /** Ends the program when the time is over, and fails. */
    public static Result run(Duration limit, ProcessBuilder builder) {
        try {
            Path output = Files.createTempFile("circus-test-", ".out");
            Path errors = Files.createTempFile("circus-test-", ".err");
            try {
                Process process = builder.redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Result result = new Result(
                        List.copyOf(builder.command()),
                        process.exitValue(),
                        Files.readString(output),
                        Files.readString(errors));
                if (!ended) {
                    throw new AssertionError("not done after " + limit + ": " + result);
                }
                return result;
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + builder.command(), interrupted);
        }
    }
}

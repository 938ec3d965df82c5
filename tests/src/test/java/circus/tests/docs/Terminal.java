package circus.tests.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A bash with job control, as behind a terminal: one command after the other, and what each wrote. One thread uses it. */
final class Terminal implements AutoCloseable {
    private static final String DONE = "--- done ";

    private final Process bash;
    private final Writer commands;
    private final BufferedReader output;

    Terminal(Path directory, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder("bash", "--norc", "-m")
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment()
                .put("CIRCUS_STATE", directory.resolveSibling("state").toString());
        builder.environment().putAll(environment);
        try {
            bash = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        commands = bash.outputWriter(StandardCharsets.UTF_8);
        output = bash.inputReader(StandardCharsets.UTF_8);
        run("true"); // Takes what bash has to say about a terminal that is none.
    }

    /** All lines that came until the command was done. */
    List<String> run(String command) {
        try {
            commands.write(command + "\nprintf '\\n" + DONE + "\\n'\n");
            commands.flush();
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); !DONE.equals(line); line = output.readLine()) {
                if (line == null) {
                    throw new AssertionError("bash ended at " + command + ", after " + lines);
                }
                // What bash says of its jobs is not the command's.
                if (!line.isEmpty() && !line.matches("(bash: line \\d+: .*(Killed|Terminated).*|\\[\\d+].*)")) {
                    lines.add(line);
                }
            }
            return lines;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        bash.destroyForcibly();
    }
}

package logs;

import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Keeps the lines in which a word stands, with the pid of who wrote them; the options are file and word. */
public final class Errors implements OutputStreamer {
    private final OutputStream file;
    private final String word;

    public Errors(Map<String, String> options) throws IOException {
        word = options.getOrDefault("word", "ERROR");
        file = Files.newOutputStream(
                Path.of(options.get("file")), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void write(Output output) throws IOException {
        String line = new String(output.data(), StandardCharsets.UTF_8);
        if (line.contains(word)) {
            file.write((output.pid() + ": " + line).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

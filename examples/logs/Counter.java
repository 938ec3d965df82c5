import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A stream in Java: counts the lines of its watcher, in a file that its option {@code file} names. */
public final class Counter implements OutputStreamer {
    private final Path file;
    private long lines;

    public Counter(Map<String, String> options) {
        file = Path.of(options.get("file"));
    }

    @Override
    public void write(Output output) throws Exception {
        lines++;
        String text = lines + " lines, the last of " + output.pid() + " at " + output.timestamp() + ": "
                + new String(output.data(), StandardCharsets.UTF_8);
        Files.writeString(file, text);
    }
}

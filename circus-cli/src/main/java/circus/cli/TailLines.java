package circus.cli;

import circus.message.Json;
import circus.message.PythonText;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What workers have printed, as {@code web.1 | text}; on a terminal each worker has a colour. A line whose end is still to come is left
 * open, and goes on where nobody else has said something meanwhile. The bytes are those of the worker. One thread.
 */
final class TailLines {
    /** Readable on black and on white. */
    private static final int[] COLOURS = {32, 33, 34, 35, 36, 92, 94, 95, 96};

    private static final String STDERR_COLOUR = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final boolean colours;
    private final boolean json;
    private final Map<String, Integer> colourOf = new LinkedHashMap<>();
    private final ByteArrayOutputStream page = new ByteArrayOutputStream();

    /** Whose line is open; empty when none is. */
    private String open = "";

    TailLines(PrintStream out, boolean colours, boolean json) {
        this.out = out;
        this.colours = colours;
        this.json = json;
    }

    /** {@code web.1}; without the number where that is not known. */
    static String name(Map<String, @Nullable Object> line) {
        Object wid = line.get("wid");
        String watcher = PythonText.str(line.get("watcher")).replaceAll("\\p{Cntrl}", "?");
        return wid instanceof Long number && number > 0 ? watcher + "." + number : watcher;
    }

    void print(Map<String, @Nullable Object> line) {
        if (json) {
            put(Json.write(line) + "\n");
            return;
        }
        String whose = name(line) + " " + line.get("pid") + " " + line.get("stream");
        boolean goesOn = !open.isEmpty() && open.equals(whose) && Boolean.TRUE.equals(line.get("continued"));
        if (!goesOn) {
            if (!open.isEmpty()) {
                put("\n");
            }
            put(prefix(line));
        }
        byte[] text = line.get("base64") instanceof String bytes
                ? Base64.getDecoder().decode(bytes)
                : PythonText.str(line.get("message")).getBytes(StandardCharsets.UTF_8);
        page.write(text, 0, text.length);
        if (Boolean.TRUE.equals(line.get("open"))) {
            open = whose;
        } else {
            open = "";
            put("\n");
        }
    }

    private String prefix(Map<String, @Nullable Object> line) {
        String name = name(line);
        if (!colours) {
            return name + " | ";
        }
        int colour = colourOf.computeIfAbsent(name, added -> COLOURS[colourOf.size() % COLOURS.length]);
        String bar = "stderr".equals(line.get("stream")) ? STDERR_COLOUR + "|" + PLAIN : "|";
        return "\u001b[" + colour + "m" + name + PLAIN + " " + bar + " ";
    }

    /** Ends a line that is open. */
    void end() {
        if (!open.isEmpty()) {
            open = "";
            put("\n");
        }
        flush();
    }

    void printJson(String text) {
        put(text + "\n");
        flush();
    }

    private void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        page.write(bytes, 0, bytes.length);
    }

    void flush() {
        if (page.size() > 0) {
            byte[] bytes = page.toByteArray();
            page.reset();
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }

    /** Nobody reads any more. */
    boolean isClosed() {
        return out.checkError();
    }
}

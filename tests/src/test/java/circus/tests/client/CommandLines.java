package circus.tests.client;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code resources/comparison/circusctl.json}: command lines, one after the other to our daemon with one configuration, each with
 * what the circusctl of Circus 0.19.0 printed and its exit code, and, where ours prints something else, that and why.
 */
public final class CommandLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern WORD = Pattern.compile("<pid ([^>]*)>|'([^']*)'|(\\S+)");

    private final Path file = Installation.checkout().resolve("tests/src/test/resources/comparison/circusctl.json");
    private final ObjectNode whole;
    private final List<Entry> entries = new ArrayList<>();

    private CommandLines() {
        whole = (ObjectNode) Comparison.tree(Home.read(file));
        whole.get("invocations").forEach(entry -> entries.add(new Entry((ObjectNode) entry)));
    }

    public static CommandLines read() {
        return new CommandLines();
    }

    public List<Entry> entries() {
        return entries;
    }

    /** Our daemon with the configuration of all lines; started. */
    Circus start(Home home) {
        String sections = StreamSupport.stream(whole.get("sections").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining("\n"));
        Circus circus = home.circus(
                "lines",
                whole.get("options").asText(),
                sections.replace("<dir>", home.directory().toString()) + "\n");
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        circus.awaitWorkers("shelly two", 1);
        return circus;
    }

    /**
     * What a circusctl makes of a line, made comparable.
     *
     * @param program the words before those of the line
     */
    static JsonNode run(Home home, Circus circus, List<String> program, String line) {
        List<String> command = new ArrayList<>(program);
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            if (word.group(1) != null) {
                command.add(Integer.toString(circus.pids(word.group(1)).get(0)));
            } else {
                String text = word.group(2) == null ? word.group(3) : word.group(2);
                command.add(text.replace("<endpoint>", circus.endpoint()));
            }
        }
        ProcessBuilder builder = home.prepared(command);
        builder.environment().put("CIRCUSCTL_ENDPOINT", circus.endpoint());
        Commands.Result result = Commands.run(LIMIT, builder);
        ObjectNode outcome = JSON.createObjectNode();
        outcome.put("exit", result.exit());
        outcome.put("out", plain(result.output(), home, circus));
        outcome.put("err", plain(result.errors(), home, circus));
        return outcome;
    }

    /** What differs from run to run becomes a word that tells its kind. */
    private static String plain(String text, Home home, Circus circus) {
        return text.replace(circus.endpoint(), "<endpoint>")
                .replace(circus.eventEndpoint(), "<pubsub>")
                .replace(home.directory().toString(), "<dir>")
                .replaceAll("(?s)Traceback \\(most recent call last\\):\n.*\n(?=\\S)", "<traceback>\n")
                .replaceAll("\\b[0-9a-f]{32}\\b", "<id>")
                .replaceAll("\\d{9,}\\.\\d+", "<time>")
                .replaceAll("\\d+(\\.\\d+)?[KMG] \\d+(\\.\\d+)?[KMG] \\S+ \\S+ \\d+:\\S+", "<figures>")
                .replaceAll("(?m)^\\d+(?=:socket)", "<fd>")
                .replaceAll("(?<![\\w.])\\d{2,}: \\d{2,}(?=  )", "<pid>: <pid>")
                .replaceAll("(?m)^( +)\\d{2,}(?=  )", "$1<pid>")
                .replaceAll("(?m)^\\d{2,}(?=: )", "<pid>")
                .replaceAll("(?m)^\\d{3,}(,\\d{3,})*$", "<pids>")
                .replaceAll("process \\d{2,}", "process <pid>")
                .replaceAll("(?<=  (sleep|sh|circusd) )\\S+ \\d+", "<user> <nice>");
    }

    void save() throws IOException {
        StringBuilder text = new StringBuilder("{\n");
        whole.properties().forEach(field -> {
            if (!field.getKey().equals("invocations")) {
                text.append(' ').append(quoted(field.getKey())).append(": ");
                text.append(field.getValue()).append(",\n");
            }
        });
        text.append(" \"invocations\": [\n");
        text.append(entries.stream().map(Entry::text).collect(Collectors.joining(",\n")));
        Files.writeString(file, text.append("\n ]\n}\n"));
    }

    private static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One line with its outcomes: {@code exit}, {@code out} and {@code err}. */
    public static final class Entry {
        private final ObjectNode fields;

        private Entry(ObjectNode fields) {
            this.fields = fields;
        }

        public String line() {
            return fields.get("line").asText();
        }

        /** What Circus's tool did; null when that was not recorded yet. */
        public @Nullable JsonNode circus() {
            return fields.get("circus");
        }

        /** What ours does, where that is something else. */
        public @Nullable JsonNode ours() {
            return fields.get("ours");
        }

        /** Why: a rule of the contract. Empty where there is no difference. */
        public String why() {
            return fields.path("why").asText();
        }

        /** What is to come of our tool. */
        JsonNode expected() {
            return Objects.requireNonNull(ours() == null ? circus() : ours(), line());
        }

        void record(String who, JsonNode outcome) {
            JsonNode circus = who.equals("circus") ? outcome : circus();
            JsonNode ours = who.equals("ours") ? outcome : ours();
            String why = why();
            fields.remove(List.of("circus", "ours", "why"));
            fields.set("circus", circus);
            if (ours != null && !ours.equals(circus)) {
                fields.set("ours", ours);
                fields.put("why", why);
            }
        }

        private String text() {
            List<String> lines = new ArrayList<>();
            fields.properties().forEach(field -> lines.add("   " + quoted(field.getKey()) + ": " + field.getValue()));
            return "  {\n" + String.join(",\n", lines) + "\n  }";
        }
    }
}

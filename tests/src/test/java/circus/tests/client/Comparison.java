package circus.tests.client;

import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One file of {@code resources/comparison}: requests to one daemon with one configuration, one after the other, each with what Circus 0.19.0
 * made of it, recorded from the real one, and, where ours makes something else of it, that and why. {@link #save} writes the file, a line to
 * a fact, in the checkout.
 */
public final class Comparison {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final ObjectNode whole;
    private final List<Entry> entries = new ArrayList<>();

    private Comparison(Path file, ObjectNode whole) {
        this.file = file;
        this.whole = whole;
        whole.get("exchanges").forEach(entry -> entries.add(new Entry((ObjectNode) entry)));
    }

    public static Comparison read(String name) {
        Path file = Installation.checkout().resolve("tests/src/test/resources/comparison/" + name + ".json");
        return new Comparison(file, (ObjectNode) tree(Home.read(file)));
    }

    static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(text, wrong);
        }
    }

    /** What these requests are about. */
    public String about() {
        return whole.get("about").asText();
    }

    String options() {
        return whole.get("options").asText();
    }

    String sections() {
        return StreamSupport.stream(whole.get("sections").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining("\n"));
    }

    public List<Entry> entries() {
        return entries;
    }

    void save() throws IOException {
        StringBuilder text = new StringBuilder("{\n");
        whole.properties().forEach(field -> {
            if (!field.getKey().equals("exchanges")) {
                text.append(' ').append(quoted(field.getKey())).append(": ");
                text.append(field.getValue()).append(",\n");
            }
        });
        text.append(" \"exchanges\": [\n");
        text.append(entries.stream().map(Entry::text).collect(Collectors.joining(",\n")));
        Files.writeString(file, text.append("\n ]\n}\n"));
    }

    private static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    /** One request with its outcomes. */
    public static final class Entry {
        private final ObjectNode fields;

        private Entry(ObjectNode fields) {
            this.fields = fields;
        }

        public String title() {
            return fields.get("title").asText();
        }

        /** What the exchanger is to do: the fields that python/exchange.py knows. */
        ObjectNode job() {
            ObjectNode job = fields.deepCopy();
            return job.remove(List.of("title", "circus", "ours", "why"));
        }

        /** What goes over the wire, as far as a reader wants to know. */
        public String request() {
            if (fields.has("send")) {
                ObjectNode send = fields.get("send").deepCopy();
                return send.toString();
            }
            return fields.has("frames")
                    ? fields.get("frames").toString()
                    : fields.path("raw").asText(fields.path("hex").asText());
        }

        /** What Circus did; null when that was not recorded yet. */
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

        /** What is to come from our daemon. */
        JsonNode expected() {
            return Objects.requireNonNull(ours() == null ? circus() : ours(), title());
        }

        void recordCircus(JsonNode outcome) {
            String why = why();
            JsonNode ours = ours();
            fields.remove(List.of("ours", "why"));
            fields.set("circus", outcome);
            if (ours != null) {
                fields.set("ours", ours);
                fields.put("why", why);
            }
        }

        void recordOurs(JsonNode outcome) {
            String why = why();
            fields.remove(List.of("ours", "why"));
            if (!outcome.equals(circus()) || !outcome.toString().equals(String.valueOf(circus()))) {
                fields.set("ours", outcome);
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

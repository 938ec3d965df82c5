package circus.tests.docs;

import circus.tests.client.Comparison;
import circus.tests.client.Comparisons;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/compatibility.md that tells where our daemon does something else than Circus. Pure functions. */
final class ComparisonReference {
    private static final String BEGIN = "<!-- generated: answers -->\n";
    private static final Pattern PLACE = Pattern.compile(BEGIN + ".*?(<!-- end -->)", Pattern.DOTALL);
    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();
    private static final int MOST_CHARACTERS = 200;

    private ComparisonReference() {}

    static String fill(String page) {
        Matcher place = PLACE.matcher(page);
        if (!place.find()) {
            throw new IllegalArgumentException("the page has no place for answers");
        }
        return place.replaceFirst(Matcher.quoteReplacement(BEGIN + "\n" + tables() + "\n<!-- end -->"));
    }

    private static String tables() {
        int all = 0;
        int different = 0;
        StringBuilder table = new StringBuilder();
        for (String name : Comparisons.NAMES) {
            Comparison comparison = Comparison.read(name);
            all += comparison.entries().size();
            List<Comparison.Entry> entries = comparison.entries().stream()
                    .filter(entry -> entry.ours() != null)
                    .toList();
            different += entries.size();
            if (!entries.isEmpty()) {
                table.append("\n| ")
                        .append(comparison.about())
                        .append(" | Circus 0.19 | ours | why |\n|---|---|---|---|\n");
                entries.forEach(entry -> row(table, entry));
            }
        }
        return all + " requests, " + different + " differences.\n" + table;
    }

    private static void row(StringBuilder table, Comparison.Entry entry) {
        JsonNode theirs = Objects.requireNonNull(entry.circus());
        JsonNode ours = Objects.requireNonNull(entry.ours());
        table.append("| ").append(cell(entry.title()));
        table.append(" | ").append(cell(brief(theirs, ours)));
        table.append(" | ").append(cell(brief(ours, theirs)));
        table.append(" | ").append(cell(entry.why())).append(" |\n");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** What one did, as far as the other did not. */
    private static String brief(JsonNode one, JsonNode other) {
        List<String> parts = new ArrayList<>();
        if (!one.get("answers").equals(other.get("answers"))) {
            parts.add(answer(one.get("answers"), other.get("answers")));
        }
        if (parts.isEmpty() && !one.get("events").equals(other.get("events"))) {
            parts.add(events(one.get("events")));
        }
        return parts.isEmpty() ? "the same in another order" : String.join("; ", parts);
    }

    private static String events(JsonNode events) {
        List<String> topics = new ArrayList<>();
        events.forEach(event -> topics.add(event.get(0).asText().replaceFirst("^watcher\\.", "")));
        return topics.isEmpty() ? "no event" : "events " + code(String.join(" ", topics));
    }

    private static String answer(JsonNode answers, JsonNode others) {
        if (answers.isEmpty()) {
            return "no answer";
        }
        JsonNode answer = answers.get(0);
        if (answer.path("status").asText().equals("error")) {
            return "error " + answer.get("errno") + ": "
                    + code(answer.get("reason").asText());
        }
        JsonNode other = others.isEmpty() ? NOTHING : others.get(0);
        JsonNode rest = difference(answer, other.path("status").asText().equals("error") ? NOTHING : other);
        return rest.isEmpty() ? "ok" : code(rest.toString());
    }

    private static JsonNode difference(JsonNode one, JsonNode other) {
        ObjectNode difference = JsonNodeFactory.instance.objectNode();
        one.properties().forEach(field -> {
            JsonNode value = field.getValue();
            JsonNode against = other.path(field.getKey());
            if (value.equals(against) || List.of("status", "time", "id").contains(field.getKey())) {
                return;
            }
            difference.set(field.getKey(), value.isObject() && against.isObject() ? difference(value, against) : value);
        });
        return difference;
    }

    private static String code(String text) {
        String line = text.replace("\n", "⏎").replace("`", "'");
        return "`" + (line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "…" : line) + "`";
    }
}

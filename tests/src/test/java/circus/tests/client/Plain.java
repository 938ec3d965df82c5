package circus.tests.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes an outcome comparable: what differs from run to run (times, pids, figures, ports, folders) becomes a word that tells its kind, if it
 * is of that kind. Events of different watchers, whose order is nobody's promise, are sorted by watcher. Pure functions.
 */
final class Plain {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Set<String> TIMES = Set.of("time", "create_time", "age", "started");
    private static final Set<String> FIGURES = Set.of("cpu", "mem");
    private static final Set<String> PIDS = Set.of("pid", "process_pid", "process");
    private static final Set<String> LISTS = Set.of("pids", "started", "stopped", "kept");
    private static final Set<String> PLACES = Set.of("port", "fd", "nice", "wid");

    private Plain() {}

    /** @param places texts that stand for places of the home, by the text that takes their place */
    static JsonNode outcome(JsonNode outcome, Map<String, String> places) {
        String text = outcome.toString();
        for (Map.Entry<String, String> place : places.entrySet()) {
            text = text.replace(place.getValue(), place.getKey());
        }
        ObjectNode plain = NODES.objectNode();
        JsonNode read = Comparison.tree(text);
        plain.set("answers", value("", read.get("answers")));
        List<JsonNode> events = new ArrayList<>();
        read.get("events").forEach(event -> events.add(value("", event)));
        events.sort(Comparator.comparing(event -> event.get(0).asText().replaceFirst("\\.[^.]*$", "")));
        plain.set("events", NODES.arrayNode().addAll(events));
        return plain;
    }

    private static JsonNode value(String key, JsonNode value) {
        if (value.isObject()) {
            ObjectNode plain = NODES.objectNode();
            value.properties().forEach(field -> {
                String name = field.getKey();
                boolean pid = name.matches("\\d+");
                plain.set(pid ? "<pid " + (plain.size() + 1) + ">" : name, value(name, field.getValue()));
            });
            return plain;
        }
        if (value.isArray()) {
            ArrayNode plain = NODES.arrayNode();
            value.forEach(item -> plain.add(LISTS.contains(key) && item.isInt() ? word("pid") : value("", item)));
            return plain;
        }
        if (value.isNumber()) {
            return number(key, value);
        }
        return value.isTextual() ? text(key, value) : value;
    }

    private static JsonNode number(String key, JsonNode value) {
        if (TIMES.contains(key) && value.isDouble()) {
            return word("time");
        }
        if (FIGURES.contains(key) && value.isDouble()) {
            return word("figure");
        }
        if (PIDS.contains(key) && value.asInt() > 1) {
            return word("pid");
        }
        return PLACES.contains(key) ? word(key) : value;
    }

    private static JsonNode text(String key, JsonNode value) {
        String text = value.asText();
        if (key.equals("tb")) {
            return word("traceback");
        }
        if (key.startsWith("mem_info") && text.matches("\\d+(\\.\\d\\d[KMGTPEZY]|B)")) {
            return word("size");
        }
        if (key.equals("ctime") && text.matches("\\d+:\\d\\d\\.\\d+")) {
            return word("time");
        }
        if (key.equals("username") && !text.isEmpty()) {
            return word("user");
        }
        if (key.equals("process") && text.matches("\\d+")) {
            return word("pid as text");
        }
        // Circus repeats the request, as Python writes bytes.
        String plain = text.replaceFirst("(?s)^command b(['\"]).*\\1: ", "command <request>: ");
        return NODES.textNode(plain.replaceAll("\\bprocess \\d{2,}", "process <pid>"));
    }

    private static JsonNode word(String kind) {
        return NODES.textNode("<" + kind + ">");
    }
}

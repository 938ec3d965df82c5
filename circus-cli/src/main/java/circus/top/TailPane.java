package circus.top;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest output of a watcher or process, page by page from circusd. One thread owns it. */
final class TailPane {
    private static final int MOST_LINES = 1_000;
    private static final int LONGEST_LINE = 4_000;
    private static final String COMMAND = "tail";

    private final String subject;
    private final Deque<String> lines = new ArrayDeque<>();
    private @Nullable Object cursor;
    private @Nullable Task asked;
    private boolean open;
    private boolean answered;
    private String trouble = "";

    /** @param subject the name of a watcher, or a pid */
    TailPane(String subject) {
        this.subject = subject;
    }

    String subject() {
        return subject;
    }

    /** The request for the first page, or the next one. */
    Task next() {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("names", List.of(subject));
        if (cursor == null) {
            properties.put("lines", 200L);
        } else {
            properties.put("cursor", cursor);
        }
        Task task = new Task(Task.Kind.TAIL, "show the output of " + subject, COMMAND, properties);
        asked = task;
        return task;
    }

    /** Whether an answer is still to come. */
    boolean isAsking() {
        return asked != null;
    }

    /** Whether an answer to this is one for this pane; it may be for one that was shown before. */
    @SuppressWarnings("ReferenceEquality") // Two panes of one subject ask the same.
    boolean takes(Task task) {
        boolean own = asked == task;
        if (own) {
            asked = null;
        }
        return own;
    }

    void page(Map<String, @Nullable Object> fields) {
        answered = true;
        trouble = "";
        cursor = fields.get("cursor");
        if (fields.get("lines") instanceof List<?> given) {
            for (Object each : given) {
                if (each instanceof Map<?, ?> line) {
                    add(line);
                }
            }
        }
    }

    /** No page came. */
    void failed(String reason) {
        trouble = reason;
    }

    private void add(Map<?, ?> line) {
        String worker = line.get("watcher") + (line.get("wid") instanceof Long wid && wid > 0 ? "." + wid : "");
        String text;
        if (line.get("lost") instanceof Long lost) {
            text = "(" + lost + " bytes are not in memory any more)";
        } else {
            text = line.get("base64") != null ? "(no UTF-8)" : String.valueOf(line.get("message"));
        }
        boolean continues = open && Boolean.TRUE.equals(line.get("continued")) && !lines.isEmpty();
        String whole = continues ? lines.removeLast() + text : worker + " | " + text;
        lines.addLast(whole.length() > LONGEST_LINE ? whole.substring(0, LONGEST_LINE) : whole);
        open = Boolean.TRUE.equals(line.get("open"));
        while (lines.size() > MOST_LINES) {
            lines.removeFirst();
        }
    }

    /** The latest lines; one that says so where there are none. */
    List<String> lines(int most) {
        if (!trouble.isEmpty()) {
            return List.of(trouble);
        }
        if (lines.isEmpty()) {
            return List.of(answered ? "(nothing yet)" : "(asking)");
        }
        List<String> all = new ArrayList<>(lines);
        return all.subList(Math.max(0, all.size() - most), all.size());
    }
}

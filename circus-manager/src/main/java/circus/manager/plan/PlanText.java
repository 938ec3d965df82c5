package circus.manager.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan as lines for people: one for each step that does something, its reasons below it, and a summary. */
final class PlanText {
    private static final String INDENT = "    ";
    private static final int VERB = 8;

    private final Plan plan;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    PlanText(Plan plan) {
        this.plan = plan;
    }

    String text() {
        if (plan.isEmpty()) {
            return "Nothing to do: circusd runs what its configuration says.";
        }
        out.append("Plan ").append(plan.id()).append("\n\n");
        if (!plan.circus().isEmpty()) {
            out.append(padded("change", VERB)).append(" [circus]\n");
            changes(plan.circus());
        }
        plan.sockets().forEach(this::step);
        plan.watchers().forEach(this::step);
        out.append('\n').append(summary());
        return out.toString();
    }

    private void step(Step step) {
        counts.merge(step.isNothing() ? "untouched" : step.word(), 1, Integer::sum);
        if (step.isNothing()) {
            return;
        }
        out.append(padded(step.word(), VERB))
                .append(' ')
                .append(step.subject())
                .append(' ')
                .append(step.name())
                .append('\n');
        step.reasons().forEach(reason -> out.append(INDENT).append(reason).append('\n'));
        changes(step.changes());
    }

    private void changes(List<ChangedKey> changes) {
        int width =
                changes.stream().mapToInt(change -> change.key().length()).max().orElse(0);
        for (ChangedKey change : changes) {
            out.append(INDENT)
                    .append(padded(change.key(), width))
                    .append("  ")
                    .append(change.text())
                    .append('\n');
        }
    }

    private String summary() {
        List<String> parts = new ArrayList<>();
        for (String word : List.of("open", "close", "reopen", "start", "stop", "restart", "resize", "signal", "keep")) {
            Integer count = counts.get(word);
            if (count != null) {
                parts.add(count + " to " + word);
            }
        }
        Integer untouched = counts.get("untouched");
        if (untouched != null) {
            parts.add(untouched + " untouched");
        }
        return parts.isEmpty() ? "No watcher and no socket is touched." : String.join(", ", parts) + ".";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}

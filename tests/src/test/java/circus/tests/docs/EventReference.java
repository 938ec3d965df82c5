package circus.tests.docs;

import circus.command.CommandReference;
import circus.manager.watcher.ExitReason;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/events.md, made from the declarations of the events and of the reasons of an end. Pure functions. */
final class EventReference {
    private EventReference() {}

    static String fill(String page) {
        return place("reasons", reasons(), place("events", CommandReference.eventTable(), page));
    }

    private static String place(String name, String table, String page) {
        return Pattern.compile("(<!-- generated: " + name + " -->\n).*?(<!-- end -->)", Pattern.DOTALL)
                .matcher(page)
                .replaceFirst("$1\n" + Matcher.quoteReplacement(table) + "\n$2");
    }

    private static String reasons() {
        StringBuilder table = new StringBuilder("| reason | | a `reap` too |\n| --- | --- | --- |\n");
        Set<String> rows = new LinkedHashSet<>();
        for (ExitReason reason : ExitReason.values()) {
            rows.add("| `" + reason.word() + "` | " + reason.doc() + " | " + (reason.reaped() ? "yes" : "no") + " |\n");
        }
        rows.forEach(table::append);
        return table.toString();
    }
}

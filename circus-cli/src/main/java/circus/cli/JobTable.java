package circus.cli;

import circus.message.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs and what waits for its turn, as a table: without the last line's end. Pure functions. */
final class JobTable {
    private static final String NONE = "Nothing runs and nothing waits.";
    private static final List<String> TITLES = List.of("JOB", "STATE", "SINCE", "BY", "COMMAND");

    private JobTable() {}

    static String text(Map<String, @Nullable Object> fields) {
        List<List<String>> rows = new ArrayList<>();
        if (fields.get("jobs") instanceof List<?> jobs) {
            for (Object job : jobs) {
                rows.add(row(Printer.map(job), fields.get("time")));
            }
        }
        if (rows.isEmpty()) {
            return NONE;
        }
        rows.add(0, TITLES);
        return Table.text(rows);
    }

    private static List<String> row(Map<String, @Nullable Object> job, @Nullable Object now) {
        return List.of(
                job.get("job") == null ? "-" : PythonText.str(job.get("job")),
                PythonText.str(job.get("state")),
                age(job.get("since"), now),
                PythonText.str(job.get("by")),
                PythonText.str(job.get("command")));
    }

    private static String age(@Nullable Object since, @Nullable Object now) {
        if (!(since instanceof Number began) || !(now instanceof Number present)) {
            return "-";
        }
        double seconds = Math.max(0, present.doubleValue() - began.doubleValue());
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1fs", seconds)
                : String.format(Locale.ROOT, "%dm%02ds", (long) seconds / 60, (long) seconds % 60);
    }
}

package circus.top;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one process takes, as the feed told last. A value.
 *
 * @param name what the feed calls it: of daemons only
 * @param program the program it runs
 * @param cpu percent of one processor; NaN where the feed does not know, as for all figures
 * @param memory percent of the machine's
 * @param resident bytes
 * @param age seconds
 */
record Figures(
        long pid,
        @Nullable String name,
        String program,
        String user,
        double cpu,
        double memory,
        double resident,
        double age) {
    static Figures of(Map<String, @Nullable Object> fields) {
        return new Figures(
                fields.get("pid") instanceof Long pid ? pid : 0,
                fields.get("name") instanceof String name ? name : null,
                text(fields.get("cmdline")),
                text(fields.get("username")),
                number(fields.get("cpu")),
                number(fields.get("mem")),
                Units.bytes(text(fields.get("mem_info1"))),
                number(fields.get("age")));
    }

    /** What to call it in a table. */
    String title() {
        return name == null ? program : name;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}

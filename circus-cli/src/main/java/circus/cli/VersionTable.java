package circus.cli;

import circus.message.PythonText;
import circus.message.Version;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs where, as a table: without the last line's end. */
final class VersionTable {
    private static final List<String> TITLES =
            List.of("PROGRAM", "VERSION", "PID", "STARTED", "PROTOCOL", "HOME", "INSTALLED");
    private static final String NONE = "-";

    private final ZoneId zone;

    VersionTable(ZoneId zone) {
        this.zone = zone;
    }

    String text(Map<String, @Nullable Object> fields) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(TITLES);
        rows.add(row("circusd", fields.get("manager")));
        rows.add(row("papa", fields.get("kernel")));
        String home = System.getProperty("circus.home", NONE);
        rows.add(List.of("circusctl", Version.TEXT, NONE, NONE, NONE, home, NONE));
        String warning = warning(fields);
        return Table.text(rows) + (warning.isEmpty() ? "" : "\n" + warning);
    }

    /**
     * What would be lost with papa, in one line without its end; empty where nothing would.
     *
     * @param fields of the reply to {@code versions}
     */
    static String warning(Map<String, @Nullable Object> fields) {
        if (!(fields.get("kernel") instanceof Map<?, ?> about) || about.get("uncopied") == null) {
            return "";
        }
        return "if papa were killed now, workers would be lost: " + word(about.get("uncopied"))
                + " of its descriptors could not be copied (" + word(about.get("why")) + "); see docs/operations.md";
    }

    private List<String> row(String program, @Nullable Object about) {
        if (!(about instanceof Map<?, ?>)) {
            return List.of(program, NONE, NONE, NONE, NONE, NONE, NONE);
        }
        Map<String, @Nullable Object> fields = Printer.map(about);
        return List.of(
                program,
                word(fields.get("version")),
                word(fields.get("pid")),
                time(fields.get("started")),
                word(fields.get("protocol")),
                word(fields.get("home")),
                word(fields.get("installed")));
    }

    private static String word(@Nullable Object value) {
        return value == null ? NONE : PythonText.str(value);
    }

    private String time(@Nullable Object seconds) {
        if (!(seconds instanceof Number number)) {
            return NONE;
        }
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                .withZone(zone)
                .format(Instant.ofEpochMilli((long) (number.doubleValue() * 1_000)));
    }
}

package circus.top;

import circus.terminal.Cells;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known as one table in plain text, or as one JSON object. Pure functions. */
final class Report {
    private Report() {}

    /** All rows, each column as wide as it has to be; without histories. */
    static String table(Model model, boolean unicode, double seconds) {
        TableText text = new TableText(new Look(unicode, false), seconds);
        List<Row> rows = Rows.of(model, Rows.Manner.ALL);
        Map<Column, Integer> widths = new EnumMap<>(Column.class);
        for (Column column : Column.values()) {
            if (column != Column.HISTORY) {
                int widest = rows.stream()
                        .mapToInt(row -> Cells.width(cell(text, row, column, unicode)))
                        .max()
                        .orElse(0);
                widths.put(column, Math.max(column.title().length(), widest));
            }
        }
        StringBuilder table = new StringBuilder(line(widths, Column::title));
        for (Row row : rows) {
            table.append(line(widths, column -> cell(text, row, column, unicode)));
        }
        return table.toString();
    }

    private static String cell(TableText text, Row row, Column column, boolean unicode) {
        String cell = Cells.safe(text.cell(row, column), unicode);
        return column == Column.NAME && !row.kind().isGroup() ? "  " + cell : cell;
    }

    private static String line(Map<Column, Integer> widths, java.util.function.Function<Column, String> cells) {
        StringBuilder line = new StringBuilder();
        widths.forEach((column, width) -> {
            String cell = cells.apply(column);
            line.append(line.isEmpty() ? "" : " ")
                    .append(column.isNumber() ? Cells.right(cell, width) : Cells.left(cell, width));
        });
        return line.toString().stripTrailing() + "\n";
    }

    /** One object: {@code time}, {@code endpoint}, {@code watchers}, {@code circus}, {@code sockets}, {@code total}. */
    static Map<String, @Nullable Object> json(Model model, String endpoint, double seconds) {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("time", seconds);
        report.put("endpoint", endpoint);
        Map<String, @Nullable Object> watchers = new LinkedHashMap<>();
        for (String key : model.watchers()) {
            WatcherReport told = model.report(key);
            Map<String, @Nullable Object> watcher = new LinkedHashMap<>();
            watcher.put("state", told == null ? null : told.state());
            watcher.put("wanted", told == null || told.wanted() < 0 ? null : told.wanted());
            watcher.put("restarts", told == null || told.restarts() < 0 ? null : told.restarts());
            watcher.put("last_exit", told == null || told.lastExit() == null ? null : exit(told.lastExit()));
            watcher.putAll(group(model.find(key)));
            watchers.put(told == null ? key : told.name(), watcher);
        }
        report.put("watchers", watchers);
        report.put("circus", group(model.find(StatMessage.DAEMONS)));
        List<@Nullable Object> sockets = new ArrayList<>();
        for (Model.Socket each : model.sockets()) {
            Map<String, @Nullable Object> socket = new LinkedHashMap<>();
            socket.put("fd", each.descriptor());
            socket.put("address", each.address());
            socket.put("hits", each.hits());
            sockets.add(socket);
        }
        report.put("sockets", sockets);
        Totals totals = Totals.of(model);
        Map<String, @Nullable Object> total = new LinkedHashMap<>();
        total.put("watchers", (long) totals.watchers());
        total.put("processes", (long) totals.processes());
        total.put("cpu", rounded(totals.cpu()));
        total.put("mem", rounded(totals.memory()));
        total.put("rss", whole(totals.resident()));
        report.put("total", total);
        return report;
    }

    private static Map<String, @Nullable Object> exit(WatcherReport.LastExit exit) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("pid", exit.pid());
        fields.put("code", exit.code());
        fields.put("time", exit.time());
        fields.put("reason", exit.reason());
        return fields;
    }

    private static Map<String, @Nullable Object> group(Model.@Nullable Group group) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("cpu", group == null ? null : rounded(group.cpuSum()));
        fields.put("mem", group == null ? null : rounded(group.memorySum()));
        fields.put("rss", group == null ? null : whole(group.residentSum()));
        fields.put("age", group == null ? null : known(group.age()));
        List<@Nullable Object> processes = new ArrayList<>();
        if (group != null) {
            for (Model.Member member : group.members()) {
                Figures figures = member.figures();
                Map<String, @Nullable Object> process = new LinkedHashMap<>();
                process.put("pid", figures.pid());
                process.put("name", figures.title());
                process.put("user", figures.user());
                process.put("cpu", known(figures.cpu()));
                process.put("mem", known(figures.memory()));
                process.put("rss", whole(figures.resident()));
                process.put("age", known(figures.age()));
                processes.add(process);
            }
        }
        fields.put("processes", processes);
        return fields;
    }

    /** JSON has no NaN. */
    private static @Nullable Double known(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static @Nullable Long whole(double value) {
        return Double.isNaN(value) ? null : (Long) Math.round(value);
    }

    /** Without the digits that adding makes. */
    private static @Nullable Double rounded(double value) {
        return Double.isNaN(value) ? null : (Double) (Math.round(value * 1e3) / 1e3);
    }
}

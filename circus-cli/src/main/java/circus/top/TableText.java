package circus.top;

import circus.terminal.Cells;
import java.util.Map;

/** Rows as lines of text. Pure. */
final class TableText {
    private final Look look;
    private final double now;

    /** @param now seconds since the epoch */
    TableText(Look look, double now) {
        this.look = look;
        this.now = now;
    }

    Line heading(Map<Column, Integer> columns) {
        Line line = new Line();
        columns.forEach((column, width) -> line.add(gap(line) + align(column, column.title(), width), Style.HEADING));
        return line;
    }

    Line line(Row row, Map<Column, Integer> columns) {
        Line line = new Line();
        columns.forEach((column, width) -> {
            String text =
                    column == Column.HISTORY ? history(row, width) : Cells.safe(cell(row, column), look.unicode());
            line.add(gap(line), Style.PLAIN).add(align(column, marked(row, column, text), width), style(row, column));
        });
        return line;
    }

    private static String gap(Line line) {
        return line.spans().isEmpty() ? "" : " ";
    }

    private static String align(Column column, String text, int width) {
        return column.isNumber() || column == Column.HISTORY ? Cells.right(text, width) : Cells.left(text, width);
    }

    private String history(Row row, int width) {
        return row.history() == null ? "" : Sparkline.of(row.history(), width, look.unicode());
    }

    private String marked(Row row, Column column, String text) {
        if (column != Column.NAME) {
            return text;
        }
        if (!row.kind().isGroup()) {
            return "  " + text;
        }
        String sign = look.unicode() ? row.folded() ? "▸ " : "▾ " : row.folded() ? "+ " : "- ";
        return sign + text;
    }

    /** Without marks, and as long as it is. */
    String cell(Row row, Column column) {
        boolean socket = row.kind() == Row.Kind.SOCKET || row.kind() == Row.Kind.SOCKETS;
        return switch (column) {
            case NAME -> row.name();
            case PID -> socket && !row.kind().isGroup() ? "fd " + row.number() : number(row);
            case STATE -> row.hits() >= 0 ? Units.count(row.hits(), "hit", "hits") : state(row);
            case CPU -> socket ? "" : Units.fixed(row.cpu(), 1);
            case MEMORY -> socket ? "" : Units.fixed(row.memory(), 2);
            case RESIDENT -> socket ? "" : Units.human(row.resident());
            case AGE -> socket || (row.kind().isGroup() && row.number() == 0) ? "" : Units.age(row.age());
            case RESTARTS ->
                row.report() == null || row.report().restarts() < 0
                        ? ""
                        : Long.toString(row.report().restarts());
            case USER -> row.user();
            case LAST_EXIT ->
                row.report() == null || row.report().lastExit() == null
                        ? ""
                        : row.report().lastExit().text(now);
            case HISTORY -> "";
        };
    }

    /** {@code 2/3} where not all are there that are wanted; of a stopped watcher none are. */
    private static String number(Row row) {
        WatcherReport report = row.report();
        if (report == null
                || report.wanted() < 0
                || report.processes() == report.wanted()
                || report.state().equals("stopped")) {
            return Long.toString(row.number());
        }
        return row.number() + "/" + report.wanted();
    }

    private static String state(Row row) {
        return row.report() == null ? "" : row.report().state();
    }

    private static Style style(Row row, Column column) {
        return switch (column) {
            case NAME -> row.kind().isGroup() ? Style.TITLE : Style.PLAIN;
            case STATE ->
                switch (state(row)) {
                    case "active" -> Style.GOOD;
                    case "starting", "stopping" -> Style.WARNING;
                    case "stopped" -> Style.BAD;
                    default -> Style.PLAIN;
                };
            case HISTORY -> Style.GRAPH;
            case PID, CPU, MEMORY, RESIDENT, AGE, RESTARTS, USER, LAST_EXIT -> Style.PLAIN;
        };
    }
}

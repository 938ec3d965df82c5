package circus.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tables in Markdown, as docs/performance.md shows them; aligned for the eye unless they are to be pasted there. A table is
 * printed when it is complete, its rows on standard error as they come.
 */
final class Table {
    private final PrintStream out;
    private final boolean aligned;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param aligned with blanks, for a terminal */
    Table(PrintStream out, boolean aligned) {
        this.out = out;
        this.aligned = aligned;
    }

    void begin(String title, String... columns) {
        end();
        add(title, columns);
    }

    void row(String name, String... cells) {
        add(name, cells);
        System.err.println("  " + name + ": " + String.join(" | ", cells));
    }

    /** {@code value} and whether it is what the issue asks for. */
    static String verdict(boolean reached, String target) {
        return (reached ? "reached: " : "**missed**: ") + target;
    }

    static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void add(String name, String... cells) {
        List<String> row = new ArrayList<>(List.of(name));
        row.addAll(List.of(cells));
        rows.add(row);
    }

    /** Prints what has come since {@link #begin}. */
    void end() {
        if (rows.isEmpty()) {
            return;
        }
        out.println();
        print(rows.get(0), ' ');
        if (aligned) {
            print(rows.get(0).stream().map(cell -> "").toList(), '-');
        } else {
            out.println("|---" + "|---:".repeat(rows.get(0).size() - 1) + "|");
        }
        rows.subList(1, rows.size()).forEach(row -> print(row, ' '));
        out.flush();
        rows.clear();
    }

    private void print(List<String> row, char filler) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String fill = String.valueOf(filler).repeat(aligned ? width(i) - cell.length() : 0);
            line.append(' ').append(i == 0 ? cell + fill : fill + cell).append(" |");
        }
        out.println(line);
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> row.size() > column)
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
    }
}

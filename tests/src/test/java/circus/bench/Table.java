package circus.bench;

import java.io.PrintStream;
import java.util.List;

/** Tables in Markdown, row by row as they come: what docs/performance.md shows. */
final class Table {
    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void begin(String title, String... columns) {
        out.println();
        out.println("| " + title + " | " + String.join(" | ", columns) + " |");
        out.println("|---" + "|---:".repeat(columns.length) + "|");
    }

    void row(String name, String... cells) {
        out.println("| " + name + " | " + String.join(" | ", List.of(cells)) + " |");
        out.flush();
    }
}

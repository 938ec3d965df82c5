package circus.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of words, the titles first, in columns as wide as their longest word and two blanks apart; without the last line's end. */
final class Table {
    private static final int GAP = 2;

    private Table() {}

    /** @param rows each with as many words as the first one */
    static String text(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + GAP));
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }
}

package circus.cli;

import circus.terminal.Cells;
import java.util.ArrayList;
import java.util.List;

/**
 * A table that fits a screen: where it is too wide, its last column is cut short, then the first one, down to some thirty columns, so that one
 * long name does not hide what is told of all; then columns go from the right, and at last the first one is cut further. The second column may
 * have a colour. One use, one thread.
 */
final class Columns {
    private static final int GAP = 2;
    private static final int COLOURED = 1;

    /** Below that a column that is cut tells nothing any more. */
    private static final int LEAST = 7;

    private static final int KEPT = 2;

    /** With so much of the first one, a screen of 80 columns has room for all but the last two of the status of watchers. */
    private static final int FIRST = 30;

    private static final String CUT = "\u2026";
    private static final String TITLE_COLOUR = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private record Row(List<String> words, String colour, boolean title) {}

    private final List<Boolean> right = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** @param titles one that begins with {@code >} for a column that is aligned at its right end */
    Columns(List<String> titles) {
        List<String> words = new ArrayList<>();
        for (String title : titles) {
            right.add(title.startsWith(">"));
            words.add(title.replace(">", ""));
        }
        rows.add(new Row(words, TITLE_COLOUR, true));
    }

    /**
     * @param words as many as there are titles
     * @param colour of the second one, a number of ECMA-48
     */
    void add(List<String> words, int colour) {
        rows.add(new Row(List.copyOf(words), "\u001b[" + colour + "m", false));
    }

    /** Without the last line's end. */
    String text(int width, boolean colours) {
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < right.size(); i++) {
            int widest = 0;
            for (Row row : rows) {
                widest = Math.max(widest, Cells.width(row.words.get(i)));
            }
            widths.add(widest);
        }
        fit(widths, width);
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            lines.add(line(row, widths, colours));
        }
        return String.join("\n", lines);
    }

    private static void fit(List<Integer> widths, int width) {
        int over = total(widths) - width;
        while (over > 0 && widths.size() > KEPT) {
            int last = widths.size() - 1;
            int spare = widths.get(0) - FIRST;
            if (spare > 0 && widths.get(last) <= 2 * LEAST) {
                widths.set(0, widths.get(0) - Math.min(spare, over));
                over = total(widths) - width;
                continue;
            }
            // Only the last of all columns is a text; a number that is cut would be another number.
            if (widths.get(last) - over >= LEAST && widths.get(last) > 2 * LEAST) {
                widths.set(last, widths.get(last) - over);
            } else {
                widths.remove(last);
            }
            over = total(widths) - width;
        }
        if (over > 0) {
            widths.set(0, Math.max(1, widths.get(0) - over));
        }
    }

    private static int total(List<Integer> widths) {
        int total = GAP * (widths.size() - 1);
        for (int width : widths) {
            total += width;
        }
        return total;
    }

    private String line(Row row, List<Integer> widths, boolean colours) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.size(); i++) {
            String word = cut(row.words.get(i), widths.get(i));
            String blanks = " ".repeat(Math.max(0, widths.get(i) - Cells.width(word)));
            boolean last = i == widths.size() - 1;
            String shown = colours && (row.title || i == COLOURED) ? row.colour + word + PLAIN : word;
            line.append(i == 0 ? "" : " ".repeat(GAP));
            line.append(right.get(i) ? blanks + shown : last ? shown : shown + blanks);
        }
        return line.toString();
    }

    private static String cut(String word, int width) {
        return Cells.width(word) <= width ? word : Cells.cut(word, width - 1) + CUT;
    }
}

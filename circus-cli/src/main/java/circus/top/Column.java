package circus.top;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The columns of the table, as they stand from left to right. */
enum Column {
    NAME("NAME", 16),
    PID("PID", 8),
    STATE("STATE", 8),
    CPU("CPU %", 6),
    MEMORY("MEM %", 6),
    RESIDENT("RSS", 8),
    AGE("AGE", 7),
    RESTARTS("RESTARTS", 8),
    USER("USER", 10),
    LAST_EXIT("LAST EXIT", 20),
    HISTORY("HISTORY", 8);

    /** Who gets a place first. */
    private static final List<Column> BY_WEIGHT =
            List.of(NAME, CPU, MEMORY, PID, AGE, STATE, RESTARTS, HISTORY, RESIDENT, LAST_EXIT, USER);

    private static final int WIDEST_NAME = 40;

    private final String title;
    private final int width;

    Column(String title, int width) {
        this.title = title;
        this.width = width;
    }

    String title() {
        return title;
    }

    boolean isNumber() {
        return this == PID || this == CPU || this == MEMORY || this == RESIDENT || this == AGE || this == RESTARTS;
    }

    /** The columns that a screen has room for with a blank between two, and their widths; what is left goes to names, then to histories. */
    static Map<Column, Integer> fit(int cells) {
        List<Column> chosen = new ArrayList<>();
        int left = cells + 1;
        for (Column column : BY_WEIGHT) {
            if (column.width + 1 <= left || chosen.isEmpty()) {
                chosen.add(column);
                left -= column.width + 1;
            }
        }
        left = Math.max(0, left);
        Map<Column, Integer> widths = new EnumMap<>(Column.class);
        for (Column column : chosen) {
            widths.put(column, column.width);
        }
        boolean history = chosen.contains(HISTORY);
        int forName = history ? Math.min(left, WIDEST_NAME - NAME.width) : left;
        widths.merge(NAME, forName, Integer::sum);
        if (history) {
            widths.merge(HISTORY, Math.min(left - forName, History.MOST - HISTORY.width), Integer::sum);
        }
        return widths;
    }
}

package circus.top;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What rows are sorted by, watchers among themselves and processes within theirs. The greatest comes first, but for names and pids. */
enum SortKey {
    CPU('c', Comparator.comparingDouble(SortKey::cpu).reversed()),
    MEM('m', Comparator.comparingDouble(SortKey::memory).reversed()),
    AGE('a', Comparator.comparingDouble(SortKey::age).reversed()),
    PID('i', Comparator.comparingLong(Row::number)),
    NAME('n', Comparator.comparing(Row::name));

    private final char key;
    private final Comparator<Row> order;

    SortKey(char key, Comparator<Row> order) {
        this.key = key;
        this.order = order;
    }

    /** The key to press. */
    char key() {
        return key;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Equal ones stay where they are in both directions: sorted by name, then pid. */
    Comparator<Row> order(boolean reversed) {
        return (reversed ? order.reversed() : order).thenComparing(Row::name).thenComparingLong(Row::number);
    }

    SortKey next(int step) {
        List<SortKey> all = List.of(values());
        return all.get(Math.floorMod(all.indexOf(this) + step, all.size()));
    }

    // What is not known comes after all that is.
    private static double known(double value) {
        return Double.isNaN(value) ? -1 : value;
    }

    private static double cpu(Row row) {
        return known(row.cpu());
    }

    private static double memory(Row row) {
        return known(row.memory());
    }

    private static double age(Row row) {
        return known(row.age());
    }
}

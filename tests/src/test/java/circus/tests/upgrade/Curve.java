package circus.tests.upgrade;

import circus.tests.harness.Footprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a papa took at each time of a long run. */
final class Curve {
    private static final int MOST_ROWS = 200;

    private final long began = System.nanoTime();
    private final List<String> rows = new ArrayList<>();

    /** @param when what goes on; short */
    void add(String when, Footprint taken) {
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        rows.add(
                "%6d s  %-8s %7.1f MB resident %7.1f MB proportional %5.1f MB output %5d descriptors %3d threads %3d children"
                        .formatted(
                                seconds,
                                when,
                                taken.residentKb() / 1024.0,
                                taken.proportionalKb() / 1024.0,
                                taken.outputKb() / 1024.0,
                                taken.open(),
                                taken.running(),
                                taken.children().size()));
    }

    /** Of very many rows, some. */
    @Override
    public String toString() {
        int step = Math.max(1, rows.size() / MOST_ROWS);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            if (i % step == 0 || i == rows.size() - 1 || !rows.get(i).contains(" running ")) {
                text.append(rows.get(i)).append('\n');
            }
        }
        return text.toString();
    }
}

package circus.manager.output;

import circus.manager.disk.Crew;
import circus.manager.disk.DiskTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A crew without threads: it works when a test says so, or at once. */
final class TestCrew implements Crew {
    private final boolean worksAtOnce;
    private final Random random = new Random(1);
    private final List<DiskTask<?>> waiting = new ArrayList<>();
    private final List<DiskTask<?>> done = new ArrayList<>();

    TestCrew(boolean worksAtOnce) {
        this.worksAtOnce = worksAtOnce;
    }

    /** Does one of the things that wait. Whether there was one. */
    boolean work() {
        if (waiting.isEmpty()) {
            return false;
        }
        DiskTask<?> task = waiting.remove(random.nextInt(waiting.size()));
        task.run();
        done.add(task);
        return true;
    }

    @Override
    public void hand(List<DiskTask<?>> tasks) {
        waiting.addAll(tasks);
        while (worksAtOnce && !waiting.isEmpty()) {
            DiskTask<?> task = waiting.remove(0);
            task.run();
            done.add(task);
        }
    }

    @Override
    public List<DiskTask<?>> takeDone() {
        List<DiskTask<?>> taken = List.copyOf(done);
        done.clear();
        return taken;
    }

    @Override
    public void look(long nowNanos) {}

    @Override
    public long nextDeadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close(Duration limit) {
        while (work()) {
            Thread.onSpinWait();
        }
    }
}

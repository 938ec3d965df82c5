package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.LogStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of an earlier manager while they are settled, each on a disk thread, since a file system may hang. What
 * cannot be settled, since its folder is away or it cannot be looked at, is tried again every second. What is settled late must not be touched until then: neither the file, nor the streams that take part in its plan. Runs on
 * circus-output only.
 */
final class Recoveries {
    private static final Logger LOGGER = System.getLogger(Recoveries.class.getName());
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<String, LogRecord> left;
    private final LogStore store;
    private final Recovery.Replay replay;
    private final ZoneId zone;
    private final Recovery.Outcome outcome = Recovery.Outcome.empty();

    /** Where streams go on whose plan was settled late. */
    private final Map<StreamId, Long> offsets = new HashMap<>();

    private final Set<String> atWork = new HashSet<>();

    /** Those that could not be settled, and when it is tried again. */
    private final Map<String, Long> retries = new HashMap<>();

    private @Nullable Consumer<Recovery.Settled> late;
    private long now;

    /** @param values the kernel's values, by name */
    Recoveries(Map<String, String> values, LogStore store, Recovery.Replay replay, ZoneId zone) {
        this.left = new LinkedHashMap<>(Recovery.parse(values));
        this.store = store;
        this.replay = replay;
        this.zone = zone;
    }

    /** What is to be done now: all that was not tried yet, or not within the last second. */
    List<DiskTask<?>> tasks(long nowNanos) {
        now = nowNanos;
        List<DiskTask<?>> tasks = new ArrayList<>();
        left.forEach((name, record) -> {
            if (!atWork.contains(name) && retries.getOrDefault(name, nowNanos) <= nowNanos) {
                atWork.add(name);
                tasks.add(task(name, record));
            }
        });
        return tasks;
    }

    private DiskTask<Recovery.Settled> task(String name, LogRecord record) {
        return new DiskTask<>(
                String.valueOf(Path.of(record.path()).getParent()),
                () -> Recovery.settle(name, record, store, replay, zone),
                new DiskTask.Completion<Recovery.Settled>() {
                    @Override
                    public void done(Recovery.Settled settled) {
                        atWork.remove(name);
                        settled(name, settled);
                    }

                    @Override
                    public void failed(IOException reason) {
                        atWork.remove(name);
                        if (retries.put(name, now + RETRY_NANOS) == null) {
                            LOGGER.log(
                                    Level.WARNING,
                                    "cannot see what stands in " + record.path() + ": " + Reason.of(reason)
                                            + "; whose lines an earlier circusd was writing there waits in the kernel until"
                                            + " it can be seen");
                        }
                    }
                });
    }

    /** When {@link #tasks} has something to do again. */
    long nextDeadlineNanos() {
        return left.keySet().stream()
                .filter(name -> !atWork.contains(name))
                .mapToLong(name -> retries.getOrDefault(name, now))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void settled(String name, Recovery.Settled settled) {
        LogRecord before = left.remove(name);
        outcome.add(settled);
        Consumer<Recovery.Settled> told = late;
        if (told != null && before != null && before.plan() != null) {
            before.plan().writers().forEach(writer -> offsets.put(writer.id(), writer.from()));
            offsets.putAll(settled.offsets());
            told.accept(settled);
        }
    }

    /** What is settled; the commits are those that were not made yet. */
    Recovery.Outcome outcome() {
        return outcome;
    }

    /** From now on this is told what is settled; its commit is to be made before its streams go on. */
    void late(Consumer<Recovery.Settled> listener) {
        late = listener;
    }

    /** Whether nothing is under way. */
    boolean isIdle() {
        return atWork.isEmpty();
    }

    /** Whether everything is settled. */
    boolean isDone() {
        return left.isEmpty();
    }

    /** Whether it is not known yet how far this stream came. */
    boolean holds(StreamId stream) {
        return !left.isEmpty()
                && left.values().stream()
                        .map(LogRecord::plan)
                        .anyMatch(plan -> plan != null
                                && plan.writers().stream()
                                        .anyMatch(writer -> writer.id().equals(stream)));
    }

    /** Whether it is not known yet what stands in this file. */
    boolean holds(Path realPath) {
        return left.values().stream().anyMatch(record -> record.path().equals(realPath.toString()));
    }

    /** Where a stream goes on that would go on here. */
    long behind(StreamId stream, long offset) {
        return Math.max(offset, offsets.getOrDefault(stream, offset));
    }
}

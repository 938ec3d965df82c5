package circus.manager.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who waits for the output of processes that have ended. Runs on circus-output only. */
final class Drains {
    private static final Logger LOGGER = System.getLogger(Drains.class.getName());

    /** Somebody waits until all output of some processes is committed. */
    static final class Drain {
        private final long deadlineNanos;
        private final CompletableFuture<Void> done;

        /** Null until the kernel has told which these are. */
        private @Nullable Set<Long> incarnations;

        private Drain(long deadlineNanos, CompletableFuture<Void> done) {
            this.deadlineNanos = deadlineNanos;
            this.done = done;
        }

        /** These are the processes. */
        void of(Set<Long> ended) {
            incarnations = ended;
        }
    }

    /** Somebody waits until what one process wrote is in its place, committed or not. */
    private record LastWords(long deadlineNanos, CompletableFuture<Void> written) {}

    private final OutputBook book;
    private final List<Drain> drains = new ArrayList<>();

    /** By incarnation; as many as have ended and are still to be told, which is settled within two seconds. */
    private final Map<Long, LastWords> lastWords = new LinkedHashMap<>();

    Drains(OutputBook book) {
        this.book = book;
    }

    Drain add(long deadlineNanos, CompletableFuture<Void> done) {
        Drain drain = new Drain(deadlineNanos, done);
        drains.add(drain);
        return drain;
    }

    /** One waits for a process, as a rule; a second one takes the place of the first, who is told with him. */
    void addLastWords(long incarnation, long deadlineNanos, CompletableFuture<Void> written) {
        LastWords before = lastWords.put(incarnation, new LastWords(deadlineNanos, written));
        if (before != null) {
            CompletableFuture<Void> unused = written.whenComplete((done, failure) -> before.written.complete(null));
        }
    }

    /** Whether somebody waits for commits. */
    boolean wantCommits() {
        return !drains.isEmpty();
    }

    /** When somebody gives up waiting. */
    long nextDeadlineNanos() {
        long next = Long.MAX_VALUE;
        for (Drain drain : drains) {
            next = Math.min(next, drain.deadlineNanos);
        }
        for (LastWords each : lastWords.values()) {
            next = Math.min(next, each.deadlineNanos);
        }
        return next;
    }

    /** Tells those who wait for what is done, and those who have waited long enough. */
    void complete() {
        long now = System.nanoTime();
        Iterator<Map.Entry<Long, LastWords>> words = lastWords.entrySet().iterator();
        while (words.hasNext()) {
            Map.Entry<Long, LastWords> each = words.next();
            if (book.isWritten(each.getKey()) || now - each.getValue().deadlineNanos >= 0) {
                words.remove();
                each.getValue().written.complete(null);
            }
        }
        Iterator<Drain> all = drains.iterator();
        while (all.hasNext()) {
            Drain drain = all.next();
            Set<Long> incarnations = drain.incarnations;
            boolean isLate = now - drain.deadlineNanos >= 0;
            boolean isDone = incarnations != null && incarnations.stream().allMatch(book::isDone);
            if (isLate && !isDone) {
                LOGGER.log(
                        Level.WARNING,
                        "the output of processes that have ended is not all written yet: " + left(incarnations));
            }
            if (isLate || isDone || drain.done.isDone()) {
                all.remove();
                drain.done.complete(null);
            }
        }
    }

    private String left(@Nullable Set<Long> incarnations) {
        if (incarnations == null) {
            return "what the kernel did not tell in time";
        }
        return incarnations.stream()
                .filter(each -> !book.isDone(each))
                .map(String::valueOf)
                .collect(Collectors.joining(", ", "incarnations ", ""));
    }

    /** Nothing more will be written. */
    void fail(Exception cause) {
        drains.forEach(drain -> drain.done.completeExceptionally(cause));
        lastWords.values().forEach(each -> each.written.completeExceptionally(cause));
    }
}

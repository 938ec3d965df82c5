package circus.manager.recall;

import circus.manager.output.LogStanding;
import circus.manager.recall.Recall.View;
import circus.manager.watcher.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** Finds what a {@link TailQuestion} asks for. Waits, so it runs on threads of its own. */
final class TailReader {
    static final int MOST_LINES = 1_000;
    static final int MOST_BYTES = 256 * 1024;

    /** A line whose end does not come is shown as far as it goes. */
    private static final long PATIENCE_MICROS = 1_000_000;

    /** Lines come in bursts: it is worth while to wait for the next ones. */
    private static final long GATHERING_NANOS = Duration.ofMillis(10).toNanos();

    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(300).toNanos();

    /** A circusd that has just been started answers before it has found all that its predecessor left. */
    private static final long TO_BEGIN_NANOS = Duration.ofSeconds(3).toNanos();

    /** Has the recall know what the kernel knows. */
    interface CatchUp {
        /** Whether that brought anything. */
        boolean run();
    }

    private final Recall recall;
    private final CatchUp kernel;
    private final Supplier<List<LogStanding>> logs;
    private final Clock clock;

    /** @param logs what stands in the log files; empty where that is not told in time */
    TailReader(Recall recall, CatchUp kernel, Supplier<List<LogStanding>> logs, Clock clock) {
        this.recall = recall;
        this.kernel = kernel;
        this.logs = logs;
        this.clock = clock;
    }

    /** Waits as long as the question says for something to show. */
    TailPage read(TailQuestion question) throws InterruptedException {
        recall.awaitKernel(TO_BEGIN_NANOS);
        TailCursor cursor = question.cursor();
        if (cursor == null) {
            kernel.run();
            cursor = beginning(question);
        }
        long deadline = clock.nanos() + question.waitNanos();
        boolean lastLook = question.waitNanos() <= 0;
        while (true) {
            long seen = recall.version();
            List<Lane> lanes = lanes(question, cursor);
            List<LogLane> older =
                    cursor.logs().isEmpty() ? List.of() : new Logs(logs, question, recall).lanes(cursor.logs());
            TailPage page = page(older, lanes, cursor);
            long left = deadline - clock.nanos();
            if (!page.lines().isEmpty() || lastLook) {
                return page;
            }
            if (left <= 0) {
                // What cannot be written at present only the kernel has.
                lastLook = true;
                if (!kernel.run()) {
                    return page;
                }
            } else {
                boolean open = lanes.stream().anyMatch(lane -> lane.at() < lane.view.end());
                recall.await(seen, open ? Math.min(left, LOOK_AGAIN_NANOS) : left);
                if (recall.version() != seen) {
                    LockSupport.parkNanos(GATHERING_NANOS);
                }
            }
        }
    }

    private List<View> views(TailQuestion question) {
        List<View> views = recall.views(question.selection()::has);
        if (question.stderrOnly()) {
            views.removeIf(view -> view.voice().channel() != Channel.ERR);
        }
        return views;
    }

    private long nowMicros() {
        return clock.now().toEpochMilli() * 1000;
    }

    private List<Lane> lanes(TailQuestion question, TailCursor cursor) {
        boolean known = cursor.instance().equals(recall.instance());
        long now = nowMicros();
        List<Lane> lanes = new ArrayList<>();
        for (View view : views(question)) {
            Long from = known ? cursor.from().get(view.voice()) : null;
            Long to = cursor.to().get(view.voice());
            if (from == null && !question.follows()) {
                continue; // It came later.
            }
            boolean takesOpen = !question.follows() || now - view.lastMicros() >= PATIENCE_MICROS;
            lanes.add(new Lane(
                    recall,
                    view,
                    from == null ? view.start() : from,
                    known && cursor.inLine().contains(view.voice()),
                    question.follows() || to == null ? Long.MAX_VALUE : to,
                    takesOpen));
        }
        return lanes;
    }

    /** Takes the next line of all sources together; of those of the same time, that of the first source. */
    private static @Nullable Utterance next(List<? extends Source> sources) {
        Source first = null;
        Utterance earliest = null;
        for (Source source : sources) {
            Utterance line = source.peek();
            if (line != null && (earliest == null || line.micros() < earliest.micros())) {
                first = source;
                earliest = line;
            }
        }
        if (first != null) {
            first.take();
        }
        return earliest;
    }

    private TailPage page(List<LogLane> older, List<Lane> lanes, TailCursor cursor) {
        List<Source> sources = new ArrayList<>(older);
        sources.addAll(lanes);
        List<Utterance> lines = new ArrayList<>();
        long bytes = 0;
        Utterance line = next(sources);
        while (line != null) {
            lines.add(line);
            bytes += line.text().remaining();
            line = lines.size() < MOST_LINES && bytes < MOST_BYTES ? next(sources) : null;
        }
        boolean more = sources.stream().anyMatch(source -> source.peek() != null);
        Map<Voice, Long> from = new HashMap<>();
        Set<Voice> inLine = new LinkedHashSet<>();
        if (cursor.instance().equals(recall.instance())) {
            // Of whom nothing is known any more, more may come all the same.
            from.putAll(cursor.from());
            inLine.addAll(cursor.inLine());
            // Of whom nothing can come any more; else a question would grow with each worker that ends.
            from.keySet().removeIf(recall::isGone);
            inLine.removeIf(recall::isGone);
        }
        for (Lane lane : lanes) {
            from.put(lane.view.voice(), lane.at());
            inLine.remove(lane.view.voice());
            if (lane.isInLine()) {
                inLine.add(lane.view.voice());
            }
        }
        return new TailPage(lines, new TailCursor(recall.instance(), from, inLine, cursor.to(), left(older)), more);
    }

    private static Map<Path, List<LogLane.Part>> left(List<LogLane> older) {
        Map<Path, List<LogLane.Part>> left = new HashMap<>();
        for (LogLane lane : older) {
            if (lane.peek() != null) {
                left.put(lane.parts().get(0).path(), lane.parts());
            }
        }
        return left;
    }

    /** Where to begin, and, for who does not follow, where to end. */
    private TailCursor beginning(TailQuestion question) {
        Map<Path, List<LogLane.Part>> parts = Map.of();
        Logs behind = null;
        if (!suffices(question, views(question))) {
            // Before the streams are looked at: what is written is there by then.
            behind = new Logs(logs, question, recall);
            parts = behind.begin(
                    question.lines().orElse(Long.MAX_VALUE),
                    question.sinceMicros().orElse(0));
        }
        List<View> views = views(question);
        List<Lane> lanes = begun(question, views, behind);
        List<LogLane> older = behind == null ? List.of() : behind.lanes(parts);
        if (question.lines().isPresent()) {
            long all = 0;
            List<Source> counted = new ArrayList<>(older);
            counted.addAll(lanes);
            while (next(counted) != null) {
                all++;
            }
            lanes = begun(question, views, behind);
            older = behind == null ? List.of() : behind.lanes(parts);
            List<Source> sources = new ArrayList<>(older);
            sources.addAll(lanes);
            for (long i = all - question.lines().getAsLong(); i > 0; i--) {
                next(sources);
            }
        }
        Map<Voice, Long> from = new HashMap<>();
        Set<Voice> inLine = new LinkedHashSet<>();
        Map<Voice, Long> to = new HashMap<>();
        for (Lane lane : lanes) {
            from.put(lane.view.voice(), lane.at());
            if (lane.isInLine()) {
                inLine.add(lane.view.voice());
            }
            if (!question.follows()) {
                to.put(lane.view.voice(), lane.view.end());
            }
        }
        return new TailCursor(recall.instance(), from, inLine, to, left(older));
    }

    /** What is remembered of each stream, from where it is to begin as far as that can be told of it alone. */
    private List<Lane> begun(TailQuestion question, List<View> views, @Nullable Logs behind) {
        List<Lane> lanes = new ArrayList<>();
        for (View view : views) {
            long from = Math.max(view.first(), behind == null ? 0 : behind.written(view));
            if (question.sinceMicros().isPresent()) {
                from = Math.max(
                        from,
                        recall.since(view.voice(), question.sinceMicros().getAsLong())
                                .orElse(view.end()));
            }
            if (question.lines().isPresent()) {
                from = Math.max(
                        from,
                        recall.lastLines(view.voice(), question.lines().getAsLong())
                                .orElse(view.end()));
            }
            lanes.add(new Lane(recall, view, from, recall.isInLine(view.voice(), from), Long.MAX_VALUE, true));
        }
        return lanes;
    }

    /** Whether all that is asked for is remembered, so that no file has to be read. */
    private boolean suffices(TailQuestion question, List<View> views) {
        long reach = 0;
        long oldest = Long.MAX_VALUE;
        for (View view : views) {
            reach = Math.max(reach, view.first() > 0 ? view.firstMicros() : 0);
            oldest = Math.min(oldest, view.firstMicros());
        }
        if (question.sinceMicros().isPresent()
                && !views.isEmpty()
                && question.sinceMicros().getAsLong() >= Math.max(reach, oldest)) {
            return true;
        }
        if (question.lines().isEmpty()) {
            return false;
        }
        long wanted = question.lines().getAsLong();
        List<Lane> lanes = begun(question, views, null);
        for (Utterance line = next(lanes); line != null && wanted > 0; line = next(lanes)) {
            if (line.micros() >= reach) {
                wanted--;
            }
        }
        return wanted <= 0;
    }
}

package papa.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.wire.Frame.Channel;

/**
 * Reads what is held of some processes, from a place of the reader's choice, in the order of capture; frees nothing, and
 * holds nobody back.
 *
 * <pre>
 *   SEARCHING ── the beginning of every stream is found ─► SENDING ── all was sent (follow=1: and all have ended) ─► done
 * </pre>
 *
 * <p>It looks for its beginnings a bounded piece at a time, and output is fetched only as the connection takes it: many
 * large buffers cost neither the loop nor the heap anything. What is saved of it: see {@link SavedTail}. Loop thread only.
 */
final class Tail implements Outbox.Source {
    /** One process. */
    static final class Tailed {
        final Incarnation process;
        final List<Lane> lanes = new ArrayList<>(2);
        boolean searched;

        /** Whether everything of it was sent, or stands in the line of the finished. */
        boolean told;

        private Tailed(Incarnation process) {
            this.process = process;
        }
    }

    /** One stream. */
    final class Lane implements Cursor.Waiting {
        private final Tailed entry;
        final Cursor cursor;
        final long limit;

        private Lane(Tailed entry, Capture capture, long limit) {
            this.entry = entry;
            this.cursor = new Cursor(capture, this);
            this.limit = limit;
        }

        private boolean isPending() {
            return cursor.offset() < limit && (cursor.hasGap() || cursor.hasData());
        }

        @Override
        public void readable(Cursor readable) {
            enqueue(this);
            session.hasOutput();
        }
    }

    private record Waiting(long rank, Lane lane) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            return Long.compare(rank, other.rank);
        }
    }

    private final Session session;
    final TailStart start;
    private final boolean follows;
    final @Nullable Channel only;
    final TailForm form;
    private final int streams;
    private final Map<Long, Tailed> tailed = new LinkedHashMap<>();
    private final TailBeginnings beginnings;
    private final ArrayDeque<Tailed> finished = new ArrayDeque<>();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private int untold;
    private boolean over;

    /**
     * Its processes are added to it.
     *
     * @param only null for both channels
     * @param follows whether it goes on with what comes later, until all of the processes have ended
     * @param scratch room for the bytes of a chunk
     * @param streams what the processes count that it was begun with
     */
    Tail(
            Posix posix,
            EventLoop loop,
            byte[] scratch,
            Session session,
            @Nullable Channel only,
            TailStart start,
            boolean follows,
            TailForm form,
            int streams) {
        this.session = session;
        this.start = start;
        this.follows = follows;
        this.only = only;
        this.form = form;
        this.streams = streams;
        this.beginnings = new TailBeginnings(posix, loop, scratch, start, only, new Found());
    }

    /** @param told that everything is sent but that it is finished */
    void add(Incarnation process, boolean searched, boolean told) {
        Tailed entry = new Tailed(process);
        entry.searched = searched;
        entry.told = told;
        tailed.put(process.number, entry);
        untold++;
        if (!searched) {
            beginnings.add(process);
        } else if (told) {
            finished.add(entry);
        }
    }

    /** The processes that not everything was sent of; first those that only this is to be said of, in their order. */
    List<Tailed> left() {
        List<Tailed> left = new ArrayList<>(finished);
        tailed.values().stream().filter(each -> !each.told).forEach(left::add);
        return left;
    }

    /** What these processes count for the limit of streams. */
    static int streams(Collection<Incarnation> processes) {
        return processes.stream()
                .mapToInt(each -> Math.max(1, each.captures.size()))
                .sum();
    }

    int streams() {
        return streams;
    }

    boolean follows() {
        return follows;
    }

    /** Begins to look for the beginnings, or goes on. */
    void begin() {
        beginnings.begin();
    }

    private final class Found implements TailBeginnings.Finder {
        @Override
        public void found(Capture capture, long begin, long end) {
            Tailed entry = tailed.get(capture.owner.number);
            if (entry != null) {
                Lane lane = lane(entry, capture, follows ? Long.MAX_VALUE : end);
                capture.seek(lane.cursor, begin);
                enqueue(lane);
            }
        }

        @Override
        public void foundAll(Incarnation process) {
            Tailed entry = tailed.get(process.number);
            if (entry != null) {
                entry.searched = true;
                finishIfComplete(entry);
            }
        }

        @Override
        public void done() {
            session.hasOutput();
        }
    }

    private Lane lane(Tailed entry, Capture capture, long limit) {
        Lane lane = new Lane(entry, capture, limit);
        entry.lanes.add(lane);
        capture.cursors.add(lane.cursor);
        return lane;
    }

    boolean has(Incarnation process) {
        return tailed.containsKey(process.number);
    }

    /** A stream of a process that was added, as a line tells it; null if that has no more to be found, or has it already. */
    @Nullable
    Cursor restoreStream(StateLine line, Capture capture, long limit) throws StateException {
        Tailed entry = tailed.get(capture.owner.number);
        if (entry == null || !entry.searched || entry.lanes.stream().anyMatch(each -> each.cursor.capture == capture)) {
            return null;
        }
        Lane lane = lane(entry, capture, limit);
        lane.cursor.restore(line);
        enqueue(lane);
        return lane.cursor;
    }

    private void enqueue(Lane lane) {
        if (lane.isPending()) {
            waiting.add(new Waiting(lane.cursor.rank(), lane));
        }
    }

    /** Something has become of a process. */
    void look(Incarnation process) {
        Tailed entry = tailed.get(process.number);
        if (entry != null && entry.searched) {
            finishIfComplete(entry);
            session.hasOutput();
        }
    }

    private void finishIfComplete(Tailed entry) {
        boolean closed = entry.process.hasEnded() && entry.process.outputAtEnd();
        if (!entry.told && (closed || !follows) && entry.lanes.stream().noneMatch(Lane::isPending)) {
            entry.told = true;
            finished.add(entry);
        }
    }

    @Override
    public void fill(Outbox outbox) {
        if (over || !beginnings.areFound()) {
            return;
        }
        while (outbox.room() >= form.room()) {
            Tailed complete = finished.poll();
            if (complete != null) {
                form.finished(outbox, complete.process);
                untold--;
                continue;
            }
            Waiting next = waiting.poll();
            if (next == null) {
                break;
            }
            send(outbox, next);
        }
        if (untold == 0) {
            session.endTail(form.lastWords());
        }
    }

    private void send(Outbox outbox, Waiting next) {
        Lane lane = next.lane;
        Cursor cursor = lane.cursor;
        boolean later = lane.isPending() && cursor.rank() > next.rank; // its chunk was dropped meanwhile
        if (lane.isPending() && !later && cursor.hasGap()) {
            form.gap(outbox, cursor, Math.min(lane.limit, cursor.capture.base()) - cursor.offset());
            cursor.skipGap();
        } else if (lane.isPending() && !later) {
            form.data(outbox, cursor);
        }
        enqueue(lane);
        finishIfComplete(lane.entry);
    }

    /** What stands before the prompt when the client stops it. */
    String lastWords() {
        return form.lastWords();
    }

    /** Lets go of all streams. */
    void end() {
        over = true;
        for (Tailed entry : tailed.values()) {
            entry.lanes.forEach(lane -> lane.cursor.capture.cursors.remove(lane.cursor));
        }
        tailed.clear();
        beginnings.end();
        finished.clear();
        waiting.clear();
    }
}

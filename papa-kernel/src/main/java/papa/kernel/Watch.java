package papa.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import papa.loop.Micros;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;
import papa.wire.Limit;

/**
 * Papa's way to read output (contract/papa-kernel.md, section 6): a batch with everything there is, then a line from the
 * client that acknowledges it, then the next batch.
 *
 * <pre>
 *   WAITING ── something to read ─► SENDING ── batch complete ─► AWAITING_LINE ── line ─► WAITING
 * </pre>
 *
 * <p>What is acknowledged is freed; where a lease covers the process, only this connection's own place moves.
 *
 * <p>In a state:
 *
 * <pre>
 *   watch           session
 *                   size              how many processes it was begun with
 *                   state             WAITING, SENDING or AWAITING_LINE
 *                   sending           which process of the batch comes next, from 0 on
 *   watch-process   session, process  in the order in which a batch has them
 *                   closed-in-batch, closed-sent
 *                   shown             when the newest output was captured that it has shown; microseconds
 *   watch-stream    session, process, channel
 *                   batch-end         where the batch ends
 *                   and where its cursor stands ({@link Cursor#put})
 * </pre>
 *
 * Loop thread only.
 */
final class Watch implements Cursor.Waiting, Outbox.Source {
    private static final int LONGEST_HEADER = 4 * 1024;

    private enum State {
        WAITING,
        SENDING,
        AWAITING_LINE
    }

    private static final class Watched {
        private final Incarnation process;
        private final List<Cursor> cursors = new ArrayList<>(2);
        private final Map<Channel, Long> batchEnd = new HashMap<>(2);
        private boolean closedInBatch;
        private boolean closedSent;
        private long shownMicros;

        private Watched(Incarnation process) {
            this.process = process;
        }

        private Optional<Cursor> next() {
            return cursors.stream()
                    .filter(each -> each.hasData() && each.offset() < batchEnd.getOrDefault(each.capture.channel, 0L))
                    .min(Comparator.comparingLong(Cursor::rank));
        }

        private boolean isClosed() {
            return process.hasEnded() && process.outputAtEnd();
        }

        /** What was read after the end was written before it, or by a descendant: papa tells the end as the last of all. */
        private long closedMicros() {
            return Math.max(process.endedMicros(), shownMicros);
        }

        private boolean hasNews() {
            return cursors.stream().anyMatch(Cursor::hasData) || (isClosed() && !closedSent);
        }
    }

    private final Kernel kernel;
    private final Session session;
    private final List<Watched> watched = new ArrayList<>();
    private final Map<Long, Watched> byNumber = new HashMap<>();
    private final int size;
    private State state = State.WAITING;
    private int sending;

    Watch(Kernel kernel, Session session, List<Incarnation> processes) {
        this.kernel = kernel;
        this.session = session;
        for (Incarnation process : processes) {
            Watched entry = new Watched(process);
            for (Capture capture : process.captures) {
                Cursor cursor = new Cursor(capture, this);
                capture.cursors.add(cursor);
                capture.seek(cursor, capture.committed());
                entry.cursors.add(cursor);
            }
            watched.add(entry);
            byNumber.put(process.number, entry);
        }
        this.size = watched.size();
        look();
    }

    private Watch(Kernel kernel, Session session, int size, State state, int sending) {
        this.kernel = kernel;
        this.session = session;
        this.size = size;
        this.state = state;
        this.sending = sending;
    }

    void save(StateWriter out) {
        int number = session.descriptor();
        out.line("watch")
                .put("session", number)
                .put("size", size)
                .choice("state", state)
                .put("sending", sending)
                .end();
        for (Watched entry : watched) {
            out.line("watch-process")
                    .put("session", number)
                    .put("process", entry.process.number)
                    .flag("closed-in-batch", entry.closedInBatch)
                    .flag("closed-sent", entry.closedSent)
                    .put("shown", entry.shownMicros)
                    .end();
            for (Cursor cursor : entry.cursors) {
                StateWriter.Line line = out.line("watch-stream")
                        .put("session", number)
                        .put("process", entry.process.number)
                        .choice("channel", cursor.capture.channel)
                        .put("batch-end", entry.batchEnd.getOrDefault(cursor.capture.channel, 0L));
                cursor.put(line);
                line.end();
            }
        }
    }

    static Watch restore(StateLine line, Kernel kernel, Session session) throws StateException {
        int size = line.integer("size", 0, Limit.WATCHED.most());
        return new Watch(
                kernel,
                session,
                size,
                line.choice("state", State.class),
                line.integer("sending", 0, Integer.MAX_VALUE));
    }

    void restoreProcess(StateLine line, Incarnation process) throws StateException {
        Watched entry = new Watched(process);
        entry.closedInBatch = line.flag("closed-in-batch");
        entry.closedSent = line.flag("closed-sent");
        entry.shownMicros = line.number("shown", 0, Long.MAX_VALUE, 0);
        watched.add(entry);
        if (byNumber.put(process.number, entry) != null) {
            throw line.wrong("its watch has that process already");
        }
    }

    void restoreStream(StateLine line, Capture capture) throws StateException {
        Watched entry = byNumber.get(capture.owner.number);
        if (entry == null || entry.batchEnd.containsKey(capture.channel)) {
            throw line.wrong("its watch has no such process, or has the stream already");
        }
        Cursor cursor = new Cursor(capture, this);
        entry.cursors.add(cursor);
        entry.batchEnd.put(capture.channel, line.number("batch-end", 0, Long.MAX_VALUE));
        capture.cursors.add(cursor);
        cursor.restore(line);
    }

    /** How many processes it was begun with. */
    int size() {
        return size;
    }

    @Override
    public void readable(Cursor cursor) {
        look();
    }

    /** Something has become of a process. Most often nothing that this waits for, and then it costs next to nothing. */
    void look(Incarnation process) {
        Watched entry = byNumber.get(process.number);
        if (state == State.WAITING && entry != null && entry.hasNews()) {
            look();
        }
    }

    /** Something may have happened: begins a batch if there is anything for it. */
    void look() {
        if (state != State.WAITING) {
            return;
        }
        for (Watched entry : watched) {
            entry.cursors.stream().filter(Cursor::hasGap).forEach(Cursor::skipGap); // papa has no word for a loss
        }
        if (watched.stream().anyMatch(Watched::hasNews)) {
            for (Watched entry : watched) {
                entry.closedInBatch = entry.isClosed();
                entry.cursors.forEach(each -> entry.batchEnd.put(each.capture.channel, each.capture.end()));
            }
            state = State.SENDING;
            sending = 0;
            session.hasOutput();
        }
    }

    @Override
    public void fill(Outbox outbox) {
        while (state == State.SENDING && outbox.room() >= Arena.BLOCK + LONGEST_HEADER) {
            if (sending >= watched.size()) {
                outbox.put("] ");
                state = State.AWAITING_LINE;
                return;
            }
            Watched entry = watched.get(sending);
            Optional<Cursor> next = entry.next();
            if (next.isPresent()) {
                putRecord(outbox, entry, next.get());
            } else {
                putClosed(outbox, entry);
                sending++;
            }
        }
    }

    private static void putRecord(Outbox outbox, Watched entry, Cursor cursor) {
        if (cursor.hasGap()) {
            cursor.skipGap();
            return;
        }
        int length = cursor.length();
        outbox.put(cursor.capture.channel.word() + ":" + entry.process.spec.name() + ":" + Micros.seconds(cursor.time())
                + ":" + length + "\n");
        outbox.put(cursor.bytes(), length, '\n');
        entry.shownMicros = Math.max(entry.shownMicros, cursor.time());
        cursor.next();
    }

    private static void putClosed(Outbox outbox, Watched entry) {
        if (entry.closedInBatch && !entry.closedSent && entry.cursors.stream().noneMatch(Cursor::hasData)) {
            outbox.put("closed:" + entry.process.spec.name() + ":" + Micros.seconds(entry.closedMicros()) + ":"
                    + entry.process.exitCode() + "\n");
            entry.closedSent = true;
        }
    }

    /**
     * Whether the client's next line is for now. One that comes before its batch is complete stays where it is, and
     * acknowledges that batch, as papa reads it; but a "q" is let through while nothing is to be sent.
     */
    boolean takes(String line) {
        return state == State.AWAITING_LINE || (state == State.WAITING && isQ(line));
    }

    private static boolean isQ(String line) {
        return line.strip().equalsIgnoreCase("q");
    }

    /** The client's line. Answers what ends the watch, or nothing if it goes on. */
    Optional<String> acknowledge(String line) {
        if (state == State.WAITING) {
            return Optional.of("Stopped watching\n");
        }
        List<Watched> closed = watched.stream().filter(each -> each.closedSent).toList();
        watched.forEach(entry ->
                entry.cursors.forEach(cursor -> kernel.settling.acknowledgeByWatch(cursor.capture, cursor.offset())));
        watched.removeIf(each -> each.closedSent);
        closed.forEach(entry -> {
            byNumber.remove(entry.process.number);
            letGo(entry);
            kernel.settling.closedByWatch(entry.process);
        });
        state = State.WAITING;
        if (watched.isEmpty()) {
            return Optional.of("Nothing left to watch\n"); // papa says so to a q, too
        }
        if (isQ(line)) {
            return Optional.of("Stopped watching\n");
        }
        look();
        return Optional.empty();
    }

    /** A process is no longer there: somebody else has dealt with it. This ends the watch if it was the last one. */
    void released(Incarnation process) {
        if (byNumber.remove(process.number) == null) {
            return;
        }
        boolean gone = false;
        for (int i = watched.size() - 1; i >= 0; i--) {
            if (watched.get(i).process == process) {
                watched.remove(i);
                sending -= i < sending ? 1 : 0;
                gone = true;
            }
        }
        if (gone && watched.isEmpty() && state == State.WAITING) {
            session.endWatch("Nothing left to watch\n");
        }
    }

    private static void letGo(Watched entry) {
        entry.cursors.forEach(cursor -> cursor.capture.cursors.remove(cursor));
    }

    void end() {
        watched.forEach(Watch::letGo);
        watched.clear();
        byNumber.clear();
    }
}

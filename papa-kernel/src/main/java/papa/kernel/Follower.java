package papa.kernel;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.request.Patterns;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;
import papa.wire.FrameEncoder;

/**
 * One framed connection that follows processes: their events alone, or their output as well.
 *
 * <p>Output goes out in the order in which the kernel captured it, whatever stream it is of; a gap has the place of the
 * last chunk that is missing. A reader that starts again
 * from what it last committed therefore gets the same sequence once more, which is what makes a log file shared by
 * several streams reproducible.
 *
 * <p>In a state:
 *
 * <pre>
 *   follower           session
 *                      kind        OUTPUT or EVENTS
 *                      pattern     each; none stands for everything
 *   follower-process   session
 *                      process     one that was announced: the number of its incarnation
 *                      end-sent    1: nothing more is to be sent of it
 *   follower-stream    session, process
 *                      channel     OUT or ERR
 *                      and where its cursor stands ({@link Cursor#put})
 * </pre>
 *
 * <p>What waits to be sent, and in which order, follows from where the cursors stand. Loop thread only.
 */
final class Follower implements Cursor.Waiting, Outbox.Source {
    /** What a follower is sent. */
    enum Kind {
        OUTPUT,
        EVENTS
    }

    /** So many entries may wait without counting any more. */
    private static final int FEW = 64;

    private record Waiting(long rank, Cursor cursor) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            return Long.compare(rank, other.rank);
        }
    }

    /** What this follower knows of one process. */
    private static final class Followed {
        private final Incarnation process;
        private final Map<Channel, Cursor> cursors = new HashMap<>(2);
        private boolean endSent;

        private Followed(Incarnation process) {
            this.process = process;
        }
    }

    private final Session session;
    private final Kind kind;
    private final Patterns patterns;
    private final Map<Long, Followed> followed = new LinkedHashMap<>();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();

    /** Which of those still counts for a cursor. The others are passed over when their turn comes: none is looked for. */
    private final Map<Cursor, Waiting> current = new HashMap<>();

    Follower(Session session, Kind kind, Patterns patterns) {
        this.session = session;
        this.kind = kind;
        this.patterns = patterns;
    }

    void save(StateWriter out) {
        int number = session.descriptor();
        out.line("follower")
                .put("session", number)
                .choice("kind", kind)
                .putAll("pattern", patterns.words())
                .end();
        for (Followed entry : followed.values()) {
            out.line("follower-process")
                    .put("session", number)
                    .put("process", entry.process.number)
                    .flag("end-sent", entry.endSent)
                    .end();
            for (Cursor cursor : entry.cursors.values()) {
                StateWriter.Line line = out.line("follower-stream")
                        .put("session", number)
                        .put("process", entry.process.number)
                        .choice("channel", cursor.capture.channel);
                cursor.put(line);
                line.end();
            }
        }
    }

    static Follower restore(StateLine line, Session session) throws StateException {
        return new Follower(session, line.choice("kind", Kind.class), new Patterns(line.all("pattern")));
    }

    void restoreProcess(StateLine line, Incarnation process) throws StateException {
        Followed entry = new Followed(process);
        entry.endSent = line.flag("end-sent");
        if (followed.put(process.number, entry) != null) {
            throw line.wrong("its follower has that process already");
        }
    }

    void restoreStream(StateLine line, Capture capture) throws StateException {
        Followed entry = followed.get(capture.owner.number);
        Cursor cursor = new Cursor(capture, this);
        if (entry == null || entry.cursors.put(capture.channel, cursor) != null) {
            throw line.wrong("its follower has no such process, or has the stream already");
        }
        capture.cursors.add(cursor);
        cursor.restore(line);
        enqueue(cursor);
    }

    /** Takes up a process, if it is one of those that were asked for. */
    void consider(Incarnation process) {
        if (!patterns.matches(process.spec.name()) || followed.containsKey(process.number)) {
            return;
        }
        Followed entry = new Followed(process);
        followed.put(process.number, entry);
        ByteBuffer announcement = ByteBuffer.allocate(FrameEncoder.announcedRoom(process.spec.name()));
        FrameEncoder.announced(announcement, process.number, process.pid, process.startedMicros, process.spec.name());
        session.send(announcement);
        if (kind == Kind.OUTPUT) {
            for (Capture capture : process.captures) {
                Cursor cursor = new Cursor(capture, this);
                entry.cursors.put(capture.channel, cursor);
                capture.cursors.add(cursor);
                capture.seek(cursor, capture.committed());
                enqueue(cursor);
            }
        }
        if (process.hasEnded()) {
            exited(process);
        }
        endIfComplete(entry);
    }

    @Override
    public void readable(Cursor cursor) {
        enqueue(cursor);
        session.hasOutput();
    }

    private void enqueue(Cursor cursor) {
        if (!cursor.paused && (cursor.hasData() || cursor.hasGap())) {
            Waiting entry = new Waiting(cursor.rank(), cursor);
            current.put(cursor, entry);
            waiting.add(entry);
            if (waiting.size() > 2 * current.size() + FEW) {
                waiting.clear();
                waiting.addAll(current.values());
            }
        }
    }

    void exited(Incarnation process) {
        Followed entry = followed.get(process.number);
        if (entry != null) {
            ByteBuffer frame = session.header();
            FrameEncoder.exit(
                    frame,
                    process.number,
                    process.exitCode(),
                    process.endedMicros(),
                    process.left(),
                    session.reading.tellsUsage ? process.usage : null);
            session.send(frame);
            endIfComplete(entry);
        }
    }

    void gone(Incarnation process) {
        if (kind == Kind.EVENTS && followed.containsKey(process.number)) {
            ByteBuffer frame = session.header();
            FrameEncoder.gone(frame, process.number);
            session.send(frame);
        }
    }

    /** A pipe of the process has come to its end. */
    void outputEnded(Incarnation process) {
        Followed entry = followed.get(process.number);
        if (entry != null) {
            endIfComplete(entry);
        }
    }

    private void endIfComplete(Followed entry) {
        boolean complete = kind == Kind.OUTPUT
                && !entry.endSent
                && entry.process.hasEnded()
                && entry.process.outputAtEnd()
                && entry.cursors.values().stream().noneMatch(each -> each.hasData() || each.hasGap());
        if (complete) {
            entry.endSent = true;
            ByteBuffer frame = session.header();
            FrameEncoder.end(frame, entry.process.number);
            session.send(frame);
        }
    }

    /** The process has been forgotten by the kernel. */
    void released(Incarnation process) {
        Followed entry = followed.remove(process.number);
        if (entry == null) {
            return;
        }
        entry.cursors.values().forEach(current::remove);
        if (kind == Kind.OUTPUT && !entry.endSent) {
            entry.cursors.values().stream()
                    .filter(Cursor::hasGap)
                    .forEach(each -> session.send(gap(session.header(), each)));
            ByteBuffer frame = session.header();
            FrameEncoder.end(frame, process.number);
            session.send(frame);
        }
    }

    /** Stops sending one stream. */
    void pause(long incarnation, Channel channel) {
        Cursor cursor = cursor(incarnation, channel);
        if (cursor != null) {
            cursor.paused = true;
            current.remove(cursor);
        }
    }

    /** Sends one stream again, from an offset. */
    void resume(long incarnation, Channel channel, long offset) {
        Cursor cursor = cursor(incarnation, channel);
        Followed entry = followed.get(incarnation);
        if (cursor != null && entry != null) {
            current.remove(cursor);
            cursor.paused = false;
            cursor.capture.seek(cursor, offset);
            enqueue(cursor);
            session.hasOutput();
            endIfComplete(entry);
        }
    }

    private @Nullable Cursor cursor(long incarnation, Channel channel) {
        Followed entry = followed.get(incarnation);
        return entry == null ? null : entry.cursors.get(channel);
    }

    @Override
    public void fill(Outbox outbox) {
        while (outbox.room() >= Arena.BLOCK + 2 * FrameEncoder.HEADER_ROOM) {
            Waiting first = waiting.poll();
            if (first == null) {
                return;
            }
            Cursor cursor = first.cursor;
            if (!current.remove(cursor, first)) {
                continue; // paused, resumed elsewhere, or gone meanwhile
            }
            if (cursor.hasGap() && cursor.rank() > first.rank) {
                enqueue(cursor); // its chunk was dropped meanwhile: the gap has a later place
                continue;
            }
            if (cursor.hasGap()) {
                putGap(outbox, cursor);
            } else if (cursor.hasData()) {
                putData(outbox, cursor);
            }
            enqueue(cursor);
            Followed entry = followed.get(cursor.capture.owner.number);
            if (entry != null) {
                endIfComplete(entry);
            }
        }
    }

    private static void putGap(Outbox outbox, Cursor cursor) {
        outbox.put(gap(outbox.header(), cursor));
        cursor.skipGap();
    }

    private static ByteBuffer gap(ByteBuffer frame, Cursor cursor) {
        Capture capture = cursor.capture;
        long offset = cursor.offset();
        FrameEncoder.gap(
                frame,
                capture.owner.number,
                capture.channel,
                offset,
                capture.base() - offset,
                cursor.gapFirst(),
                cursor.gapLast());
        return frame;
    }

    private static void putData(Outbox outbox, Cursor cursor) {
        Capture capture = cursor.capture;
        int length = cursor.length();
        ByteBuffer frame = outbox.header();
        FrameEncoder.data(frame, capture.owner.number, capture.channel, cursor.offset(), cursor.time(), length);
        outbox.put(frame);
        outbox.put(cursor.bytes(), length, '\n');
        cursor.next();
    }

    /** Lets go of all streams. */
    void end() {
        for (Followed entry : followed.values()) {
            for (Cursor cursor : entry.cursors.values()) {
                cursor.capture.cursors.remove(cursor);
            }
        }
        followed.clear();
        waiting.clear();
        current.clear();
    }
}

package papa.kernel;

import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/**
 * A tail in a state:
 *
 * <pre>
 *   tail           session, tag      see {@link OwedReply}
 *                  unit, amount      where it begins, see {@link TailStart}
 *                  only              OUT or ERR; absent for both
 *                  follows           1: goes on until all have ended
 *                  streams           what it counts for the limit of streams
 *                  and what {@link TailText} tells
 *   tail-process   session, process  one that not everything was sent of
 *                  searched          its beginning is found
 *                  finished          1: only that is to be sent that it is finished; in this order
 *                  and what {@link TailFrames} tells
 *   tail-stream    session, process, channel
 *                  limit             the offset at which it ends; absent where it follows
 *                  and where its cursor stands ({@link Cursor#put}), and what the form tells
 * </pre>
 *
 * <p>A search that is under way is not saved: it begins anew with its process, as if it had come to it a little later. What
 * waits to be sent, and in which order, follows from where the cursors stand. Processes that everything was sent of are of no
 * more use to it. Those that the kernel has released meanwhile are restored for it alone ({@link Readers#releasedButRead}).
 * Loop thread only.
 */
final class SavedTail {
    private SavedTail() {}

    static void save(StateWriter out, Session session, Tail tail, Reply reply) {
        StateWriter.Line line = out.line("tail");
        OwedReply.save(line, reply);
        line.choice("unit", tail.start.unit()).put("amount", tail.start.amount());
        if (tail.only != null) {
            line.choice("only", tail.only);
        }
        line.flag("follows", tail.follows()).put("streams", tail.streams());
        tail.form.put(line);
        line.end();
        for (Tail.Tailed entry : tail.left()) {
            StateWriter.Line process = out.line("tail-process")
                    .put("session", session.descriptor())
                    .put("process", entry.process.number)
                    .flag("searched", entry.searched)
                    .flag("finished", entry.told);
            tail.form.put(process, entry.process);
            process.end();
            entry.lanes.forEach(each -> save(out, session, tail, each));
        }
    }

    private static void save(StateWriter out, Session session, Tail tail, Tail.Lane lane) {
        Cursor cursor = lane.cursor;
        StateWriter.Line line = out.line("tail-stream")
                .put("session", session.descriptor())
                .put("process", cursor.capture.owner.number)
                .choice("channel", cursor.capture.channel);
        if (!tail.follows()) {
            line.put("limit", lane.limit);
        }
        cursor.put(line);
        tail.form.put(line, cursor);
        line.end();
    }

    static Tail restore(StateLine line, Posix posix, EventLoop loop, byte[] scratch, Session session)
            throws StateException {
        TailStart start = new TailStart(
                line.choice("unit", TailStart.Unit.class), line.number("amount", Long.MIN_VALUE, Long.MAX_VALUE));
        boolean follows = line.flag("follows");
        TailForm form = session.isFramed()
                ? new TailFrames(session.reading.tellsUsage)
                : TailText.restore(line, posix, scratch, follows);
        return new Tail(
                posix,
                loop,
                scratch,
                session,
                line.has("only") ? line.choice("only", Channel.class) : null,
                start,
                follows,
                form,
                line.integer("streams", 0, Readers.MOST_TAILED));
    }

    static void restoreProcess(StateLine line, Tail tail, Incarnation process) throws StateException {
        if (tail.has(process)) {
            throw line.wrong("its tail has that process already");
        }
        tail.add(process, line.flag("searched"), line.flag("finished"));
        tail.form.restore(line, process);
    }

    static void restoreStream(StateLine line, Tail tail, Capture capture) throws StateException {
        long limit = line.number("limit", 0, Long.MAX_VALUE, Long.MAX_VALUE);
        Cursor cursor = tail.restoreStream(line, capture, limit);
        if (cursor == null) {
            throw line.wrong("its tail has no such process, or has the stream already");
        }
        tail.form.restore(line, cursor);
    }
}

package papa.kernel;

import java.nio.charset.StandardCharsets;
import papa.door.Peer;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * A connection in a state, in the order in which they came:
 *
 * <pre>
 *   session       descriptor               its own; session= says it in all lines that are about it
 *                 pid, uid, may-change     see {@link Peer}
 *                 mode                     PAPA, QUOTED or FRAMED
 *                 asked, asked-ago         whether it asked for something yet; nanoseconds since it last did, or came
 *                 peer-done                nothing more comes from its client
 *                 close-when-sent          it ends when everything was sent
 *                 copies                   it has copies of what is held, and is to get those of what comes
 *                 copies-complete          it has all that there is (0.2.0)
 *                 copies-news              it is told what becomes of them (0.2.0)
 *                 tells-usage              as in {@link Reading} (0.2.0)
 *   session-in    session, bytes           what has come and is not taken, a piece of it, in their order
 *   session-out   session, bytes, begun    what is to be sent, likewise; begun: the connection was offered it already
 * </pre>
 *
 * <p>Which answers it waits for follows from what is yet to be answered ({@link OwedReply}), what it reads has lines of its
 * own ({@link Reading}). Whether it had its turn, and what the loop was to tell about it, is found anew. Loop thread only.
 */
final class SavedSession {
    static final String KIND = "session";
    static final String IN = "session-in";
    static final String OUT = "session-out";

    /** Of what is written on one line. */
    static final int PIECE = 32 * 1024;

    private static final int S_IFSOCK = 0xc000;

    private SavedSession() {}

    static void save(StateWriter out, Session session) {
        Peer peer = session.peer;
        Session.Standing standing = session.standing();
        out.line(KIND)
                .descriptor("descriptor", session.descriptor())
                .put("pid", peer.pid())
                .put("uid", peer.uid())
                .flag("may-change", peer.mayChange())
                .choice("mode", standing.mode())
                .flag("asked", standing.asked())
                .put("asked-ago", Math.max(0, System.nanoTime() - standing.askedNanos()))
                .flag("peer-done", standing.peerDone())
                .flag("close-when-sent", standing.closeWhenSent())
                .flag("copies", session.holdsCopies())
                .flag("copies-complete", session.holdsAllCopies())
                .flag("copies-news", session.wantsNewsOfCopies)
                .flag("tells-usage", session.reading.tellsUsage)
                .end();
        session.incoming.save(bytes -> piece(out.line(IN), session, bytes).end());
        session.outbox.save((bytes, begun) ->
                piece(out.line(OUT), session, bytes).flag("begun", begun).end());
    }

    private static StateWriter.Line piece(StateWriter.Line line, Session session, byte[] bytes) {
        return line.put("session", session.descriptor()).put("bytes", new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static Session restore(StateLine line, Posix posix, Server server) throws StateException {
        int fd = socket(line, posix);
        Peer peer = new Peer(
                line.integer("pid", 0, Integer.MAX_VALUE),
                line.integer("uid", Integer.MIN_VALUE, Integer.MAX_VALUE),
                line.flag("may-change"));
        Session session = server.restored(fd, peer);
        session.takeUp(new Session.Standing(
                line.choice("mode", Dialogue.Mode.class),
                line.flag("asked"),
                System.nanoTime() - line.number("asked-ago", 0, Long.MAX_VALUE),
                line.flag("peer-done"),
                line.flag("close-when-sent")));
        session.wantsCopies = line.flag("copies");
        session.hadAllCopies = line.flag("copies-complete");
        session.wantsNewsOfCopies = line.flag("copies-news");
        session.reading.tellsUsage = line.flag("tells-usage");
        return session;
    }

    /** descriptor= of a line, which is a socket. */
    static int socket(StateLine line, Posix posix) throws StateException {
        int fd = line.descriptor("descriptor");
        if (fd < 0 || posix.identify(fd, new long[2]) != S_IFSOCK) {
            throw line.wrong("descriptor=" + fd + " is no socket");
        }
        return fd;
    }

    static void restoreIn(StateLine line, Server server) throws StateException {
        server.session(line).incoming.add(bytes(line));
    }

    static void restoreOut(StateLine line, Server server) throws StateException {
        server.session(line).outbox.restore(bytes(line), line.flag("begun"));
    }

    private static byte[] bytes(StateLine line) throws StateException {
        return line.text("bytes").getBytes(StandardCharsets.ISO_8859_1);
    }
}

package papa.kernel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.loop.EventLoop;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.socket.HeldSocket;
import papa.socket.Sockets;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.FrameEncoder;
import papa.wire.Limit;
import papa.wire.Words;

/**
 * Who is to be told when somebody connects to a held socket: each connection once for each socket, and then not again until it asks again.
 * A socket is watched only while somebody waits for it. What waits in its queue already counts too, so nobody is missed between two
 * askings. It is over when the connection ends, or the socket goes. In a state:
 *
 * <pre>
 *   knock   session   who is to be told
 *           socket    of what
 * </pre>
 *
 * Loop thread only.
 */
final class Knocks {
    static final String KIND = "knock";

    private final EventLoop loop;
    private final Sockets sockets;
    private final Map<HeldSocket, Set<Session>> waiting = new LinkedHashMap<>();
    private int askings;

    Knocks(EventLoop loop, Sockets sockets) {
        this.loop = loop;
        this.sockets = sockets;
        sockets.onClose(this::forget);
    }

    void save(StateWriter out) {
        waiting.forEach((socket, sessions) -> sessions.forEach(session -> out.line(KIND)
                .put("session", session.descriptor())
                .put("socket", socket.spec.name())
                .end()));
    }

    /** @param session is there already, and so are the sockets */
    void restore(StateLine line, Session session) throws StateException {
        HeldSocket socket = sockets.get(line.text("socket"));
        if (socket == null || socket.spec.isPerProcess()) {
            throw line.wrong("there is no socket=" + line.text("socket") + " to knock at");
        }
        if (!session.isFramed()) {
            throw line.wrong("connection " + line.text("session") + " cannot take frames");
        }
        if (!add(socket, session)) {
            throw line.wrong("its connection waits for that already");
        }
    }

    /** Begins the work in this program, where another one had begun. */
    void resume() {
        for (HeldSocket socket : waiting.keySet()) {
            loop.addForCertain(
                    socket.fd, Posix.EPOLLIN, events -> knocked(socket), () -> "socket " + socket.spec.name());
        }
    }

    /** From now on the connection waits for a knock at each of these; all of them or none. */
    void await(Session session, List<HeldSocket> wanted) throws Refusal {
        if (askings + wanted.size() > Limit.KNOCKS.most()) {
            throw new Refusal("cannot wait for a knock: connections wait for " + askings + " already, and "
                    + Limit.KNOCKS.most() + " are the most");
        }
        List<HeldSocket> added = new ArrayList<>();
        for (HeldSocket socket : wanted) {
            boolean first = !waiting.containsKey(socket);
            if (!add(socket, session)) {
                continue;
            }
            added.add(socket);
            int watched = first ? loop.add(socket.fd, Posix.EPOLLIN, events -> knocked(socket)) : 0;
            if (watched < 0) {
                added.forEach(each -> remove(each, session));
                throw new Refusal(
                        "cannot wait for a knock at " + Words.text(socket.spec.name()) + ": " + Errno.of(watched));
            }
        }
    }

    private boolean add(HeldSocket socket, Session session) {
        boolean added =
                waiting.computeIfAbsent(socket, unused -> new LinkedHashSet<>()).add(session);
        askings += added ? 1 : 0;
        return added;
    }

    private void remove(HeldSocket socket, Session session) {
        Set<Session> sessions = waiting.get(socket);
        if (sessions != null && sessions.remove(session)) {
            askings--;
            if (sessions.isEmpty()) {
                forget(socket);
            }
        }
    }

    private void knocked(HeldSocket socket) {
        Set<Session> told = waiting.getOrDefault(socket, Set.of());
        forget(socket);
        for (Session session : told) {
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.nameRoom(socket.spec.name()));
            FrameEncoder.knock(frame, socket.spec.name());
            session.send(frame);
        }
    }

    /** Nobody waits for this one any more. Before it is closed: its children may hold it open, and epoll would go on telling. */
    private void forget(HeldSocket socket) {
        Set<Session> sessions = waiting.remove(socket);
        if (sessions != null) {
            askings -= sessions.size();
            loop.remove(socket.fd);
        }
    }

    /** Whether this connection waits for any. */
    boolean isAwaitedBy(Session session) {
        return waiting.values().stream().anyMatch(sessions -> sessions.contains(session));
    }

    /** A connection has ended. */
    void gone(Session session) {
        if (askings > 0) {
            List.copyOf(waiting.keySet()).forEach(socket -> remove(socket, session));
        }
    }
}

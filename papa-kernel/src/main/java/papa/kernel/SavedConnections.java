package papa.kernel;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/**
 * Everything about clients in a state: the doors, the connections, the leases, and what is read. It stands behind the
 * processes. Besides the lines that others tell of, there is
 *
 * <pre>
 *   server   exit-wanted   1: it ends once nobody is connected and nothing is held
 * </pre>
 *
 * <p>To restore has no effect outside: the server pauses until {@link Server#resume}, and the loop watches nothing before.
 * Loop thread only.
 */
final class SavedConnections {
    private final Kernel kernel;
    private final Server server;
    private final Map<String, Session> sessions = new HashMap<>();

    SavedConnections(Kernel kernel, Server server) {
        this.kernel = kernel;
        this.server = server;
    }

    void save(StateWriter out) {
        server.save(out);
        server.connections().forEach(each -> SavedSession.save(out, each));
        kernel.leases.save(out);
        server.connections().forEach(each -> each.reading.save(out));
        kernel.knocks.save(out);
    }

    /** Has all of it restored as it is read. */
    void restoreFrom(StateReader in) {
        server.pause();
        in.on(Server.KIND, server::restore);
        in.on(Doors.UNIX, server.doors::restoreUnix);
        in.on(Doors.TCP, server.doors::restoreTcp);
        in.on(SavedSession.KIND, line -> {
            Session session = SavedSession.restore(line, kernel.posix, server);
            sessions.put(Integer.toString(session.descriptor()), session);
        });
        in.on(SavedSession.IN, line -> SavedSession.restoreIn(line, server));
        in.on(SavedSession.OUT, line -> SavedSession.restoreOut(line, server));
        in.on("leases", kernel.leases::restore);
        in.on("lease", line -> kernel.leases.restore(line, sessions));
        in.on("follower", line -> {
            Session session = idle(line);
            session.reading.takeUp(Follower.restore(line, session));
        });
        in.on("follower-process", line -> follower(line).restoreProcess(line, process(line)));
        in.on("follower-stream", line -> follower(line).restoreStream(line, capture(line)));
        in.on("watch", line -> {
            Session session = idle(line);
            session.reading.takeUp(Watch.restore(line, kernel, session));
        });
        in.on("watch-process", line -> watch(line).restoreProcess(line, process(line)));
        in.on("watch-stream", line -> watch(line).restoreStream(line, capture(line)));
        in.on(Knocks.KIND, line -> kernel.knocks.restore(line, server.session(line)));
        in.on("tail", this::restoreTail);
        in.on("tail-process", line -> SavedTail.restoreProcess(line, tail(line), process(line)));
        in.on("tail-stream", line -> SavedTail.restoreStream(line, tail(line), capture(line)));
    }

    private void restoreTail(StateLine line) throws StateException {
        Session session = idle(line);
        Tail tail = SavedTail.restore(line, kernel.posix, server.loop, kernel.readers.scratch, session);
        Reply reply = OwedReply.restore(line, server);
        if (tail.follows()) {
            session.dialogue.goOn();
        }
        session.reading.takeUp(tail, reply);
    }

    /** The connection that a line is about, which reads nothing yet; but one with prompts may tail and watch. */
    private Session idle(StateLine line) throws StateException {
        Session session = server.session(line);
        if (session.reading.isUnderWay() || session.reading.watch() != null) {
            throw line.wrong("connection " + line.text("session") + " reads something already");
        }
        return session;
    }

    private Follower follower(StateLine line) throws StateException {
        return demand(line, server.session(line).reading.follower(), "follows nothing");
    }

    private Watch watch(StateLine line) throws StateException {
        return demand(line, server.session(line).reading.watch(), "watches nothing");
    }

    private Tail tail(StateLine line) throws StateException {
        return demand(line, server.session(line).reading.tail(), "tails nothing");
    }

    private static <T> T demand(StateLine line, @Nullable T found, String what) throws StateException {
        if (found == null) {
            throw line.wrong("connection " + line.text("session") + " " + what);
        }
        return found;
    }

    private Incarnation process(StateLine line) throws StateException {
        long number = line.number("process", 1, Long.MAX_VALUE);
        Incarnation found = kernel.process(number);
        found = found == null ? kernel.readers.releasedBefore(number) : found;
        if (found == null) {
            throw line.wrong("there is no process " + number);
        }
        return found;
    }

    private Capture capture(StateLine line) throws StateException {
        Capture found = process(line).capture(line.choice("channel", Channel.class));
        if (found == null) {
            throw line.wrong("the process has no such stream");
        }
        return found;
    }
}

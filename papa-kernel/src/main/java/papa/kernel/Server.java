package papa.kernel;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.door.Guard;
import papa.door.Peer;
import papa.door.TcpPeers;
import papa.door.TurnedAway;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame;
import papa.wire.Limit;

/**
 * The Unix socket at which the kernel is reached, the TCP port if one is asked for, and the connections to both. Who gets
 * in is looked at for each: by SO_PEERCRED (unix(7)), or by {@link TcpPeers}. Loop thread only.
 */
final class Server {
    /** The most that is read from a connection at once, into one buffer for all. */
    static final int READ_AT_ONCE = 64 * 1024;

    static final String VERSION = "0.2.0";

    static final String KIND = "server";
    private static final int MOST_SESSIONS = Limit.SESSIONS.most();
    private static final int MOST_LINE_BYTES = Limit.LINES.most();
    /** How long a connection is left alone that asks for nothing while others are turned away. */
    private static final long SILENT_NANOS = 10_000_000_000L;

    private static final long IDLE_NANOS = 5_000_000_000L;

    /** From SIGTERM to SIGKILL for those that end with an idle kernel; whoever has asked for its end waits for that. */
    private static final long STRANGERS_NANOS = 2_000_000_000L;

    private final Posix posix;
    final EventLoop loop;
    private final Kernel kernel;
    private final Requests requests;
    private final Guard guard;
    final Doors doors;
    private final long readBuffer;
    private final TurnedAway turnedAway;
    private final UnreadAnswers unread = new UnreadAnswers();
    private final Map<Integer, Session> sessions = new LinkedHashMap<>();
    private final Instance instance;
    private final boolean exitWhenIdle;
    private EventLoop.@Nullable Timer idleTimer;
    private boolean exitWanted;
    private Upgrades upgrades = Upgrades.NONE;
    private boolean paused;

    /**
     * Listens nowhere yet.
     *
     * @param path a byte string
     */
    Server(
            Posix posix,
            EventLoop loop,
            Kernel kernel,
            String path,
            Instance instance,
            Guard guard,
            boolean exitWhenIdle) {
        this.posix = posix;
        this.loop = loop;
        this.kernel = kernel;
        this.instance = instance;
        this.exitWhenIdle = exitWhenIdle;
        this.requests = new Requests(kernel, this);
        this.readBuffer = posix.allocate(READ_AT_ONCE);
        this.turnedAway = new TurnedAway(posix, loop, readBuffer);
        this.guard = guard;
        this.doors = new Doors(posix, loop, path, this::admit);
        kernel.onChange(this::considerExit);
        kernel.onRoom(() -> loop.atEndOfTurn(() -> all().forEach(Session::runLines)));
    }

    /** Lets clients in; a socket on which nobody listens gives way. The lock is taken. */
    void listen() throws PosixException, Refusal {
        doors.listen(guard.isOpen(), kernel.sockets.inherited());
        considerExit();
    }

    /**
     * Lets them in over TCP, too.
     *
     * @param port 0 lets the system choose; -1 opens none
     * @return the port
     * @param mayChange whether those may do more than read
     */
    int openPort(int port, boolean mayChange) throws PosixException {
        if (port < 0) {
            return port;
        }
        return doors.listenAt(port, mayChange);
    }

    private List<Session> all() {
        return List.copyOf(sessions.values());
    }

    private void admit(int fd, Peer peer) {
        if (guard.admits(peer.uid()) && sessions.size() >= MOST_SESSIONS) {
            makeRoomForOne();
        }
        if (!guard.admits(peer.uid())) {
            turnedAway.turn(fd, guard.refusal(peer.uid()));
        } else if (sessions.size() >= MOST_SESSIONS) {
            turnedAway.turn(fd, "cannot serve more than " + MOST_SESSIONS + " connections");
        } else {
            Session session = new Session(posix, loop, this, kernel, requests, fd, peer);
            if (session.open()) {
                sessions.put(fd, session);
                exitWanted = false; // papa: any new connection cancels the wish
            }
        }
        considerExit();
    }

    UnreadAnswers unread() {
        return unread;
    }

    /** Answers that nobody reads are bounded for all together, and who has the most of them goes. */
    void boundUnread() {
        for (int i = sessions.size(); i > 0 && unread.bytes() > Limit.UNREAD_IN_ALL.most(); i--) {
            sessions.values().stream()
                    .max(Comparator.comparingLong(Session::unread))
                    .ifPresent(
                            most -> most.close("answers wait that take too much memory, and most of them are its own"));
        }
    }

    /** How many connections follow. */
    int following() {
        return (int) sessions.values().stream()
                .filter(each -> each.follower().isPresent())
                .count();
    }

    /**
     * A connection that nothing depends on goes, if it has asked nothing for a while: first those that never did, then
     * the one that is silent for longest.
     */
    private void makeRoomForOne() {
        long now = System.nanoTime();
        sessions.values().stream()
                .filter(each -> now - each.askedNanos() > SILENT_NANOS && each.isExpendable())
                .min(Comparator.comparing(Session::hasAsked).thenComparingLong(each -> each.askedNanos() - now))
                .ifPresent(silent -> silent.dismiss("this connection asked for nothing, and others wait for one"));
    }

    /** A line is about to take more memory: all of them together are bounded, and the longest goes. */
    void makeRoomForLines() {
        int room = sessions.values().stream().mapToInt(Session::lineRoom).sum();
        if (room > MOST_LINE_BYTES) {
            sessions.values().stream()
                    .max(Comparator.comparingInt(Session::lineRoom))
                    .ifPresent(longest -> longest.close("all connections together send lines that are too long"));
        }
    }

    long readBuffer() {
        return readBuffer;
    }

    void gone(Session session) {
        sessions.remove(session.descriptor(), session);
        considerExit();
    }

    // While another program takes over.

    /** No request is read, and nobody is let in, until {@link #resume}. What is to be sent still goes out. */
    void pause() {
        paused = true;
        doors.shut();
        kernel.flow.pause();
        all().forEach(Session::pause);
    }

    boolean isPaused() {
        return paused;
    }

    /** Everybody is served; also after a state was restored, which pauses. */
    void resume() {
        paused = false;
        doors.open();
        kernel.flow.unpause();
        all().forEach(Session::resume);
        considerExit();
    }

    /**
     * How many answers are yet to be given, besides those of tails and one more: another program cannot give them. So are
     * those who came and of whom is not known yet who they are.
     */
    int owedBesides(Reply own) {
        int owed = doors.arriving() + all().stream().mapToInt(Session::owed).sum();
        boolean counts = own instanceof OwedReply reply
                && !reply.session().isClosed()
                && reply.session().owed() > 0;
        return owed - (counts ? 1 : 0);
    }

    void save(StateWriter out) {
        out.line(KIND).flag("exit-wanted", exitWanted).end();
        doors.save(out);
    }

    void restore(StateLine line) {
        exitWanted = line.flag("exit-wanted");
    }

    /** A connection that another program had, which nothing is read from until {@link #resume}. */
    Session restored(int fd, Peer peer) {
        Session session = new Session(posix, loop, this, kernel, requests, fd, peer);
        sessions.put(fd, session);
        return session;
    }

    /** The connection that a line is about: session=. */
    Session session(StateLine line) throws StateException {
        Session found = sessions.get(line.integer("session", 0, Integer.MAX_VALUE));
        if (found == null) {
            throw line.wrong("there is no connection " + line.text("session"));
        }
        return found;
    }

    Collection<Session> connections() {
        return sessions.values();
    }

    String instance() {
        return instance.word();
    }

    /** When it began to serve; microseconds. */
    long startedMicros() {
        return instance.startedMicros();
    }

    /** Connections open. */
    int sessions() {
        return sessions.size();
    }

    /** The answer to hello. */
    String welcome() {
        List<String> capabilities = Requests.capabilities();
        if (kernel.hasControlGroups()) {
            capabilities.add("cgroup");
        }
        return "papa " + VERSION + " wire=" + Frame.WIRE_VERSION + " instance=" + instance.word() + " pid="
                + posix.pid() + " started=" + instance.startedMicros() + " capabilities="
                + String.join(",", capabilities) + "\n";
    }

    Upgrades upgrades() {
        return upgrades;
    }

    void onUpgrade(Upgrades handler) {
        upgrades = handler;
    }

    /** Ends the kernel once nobody is connected and nothing is held. */
    void exitWhenAlone() {
        exitWanted = true;
    }

    private void considerExit() {
        if (paused) {
            return;
        }
        boolean alone = sessions.isEmpty() && kernel.isIdle();
        if (alone && exitWanted) {
            end();
        }
        if (!exitWhenIdle) {
            return;
        }
        if (alone && idleTimer == null) {
            idleTimer = loop.after(IDLE_NANOS, this::end);
        } else if (!alone && idleTimer != null) {
            idleTimer.cancel();
            idleTimer = null;
        }
    }

    /** What was adopted of nobody known ends with the kernel. */
    private void end() {
        if (kernel.mustEndStrangers()) {
            kernel.endAll(STRANGERS_NANOS, loop::stop);
        } else {
            loop.stop();
        }
    }

    /** Nobody gets in any more. */
    void close() {
        doors.close();
    }
}

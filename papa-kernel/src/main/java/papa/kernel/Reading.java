package papa.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.process.Incarnation;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateWriter;

/**
 * What one connection reads of the processes' output: a watch, which has the connection for itself, a follower or a tail.
 * Each is among the kernel's {@link Readers} as long as it is here. Loop thread only.
 */
final class Reading {
    private final Session session;
    private final Kernel kernel;
    private final Readers readers;

    /** Whether it is told what processes have used, at their end. */
    boolean tellsUsage;

    private @Nullable Watch watch;
    private @Nullable Follower follower;
    private @Nullable Tail tail;
    private @Nullable Reply tailReply;

    Reading(Session session, Kernel kernel) {
        this.session = session;
        this.kernel = kernel;
        this.readers = kernel.readers;
    }

    @Nullable
    Watch watch() {
        return watch;
    }

    @Nullable
    Follower follower() {
        return follower;
    }

    @Nullable
    Tail tail() {
        return tail;
    }

    /** Whether a watch, if there is one, is ready for a line of its client. */
    boolean takes(String line) {
        return watch == null || watch.takes(line);
    }

    /** Whether there is a tail that does not end by itself. */
    boolean tailFollows() {
        return tail != null && tail.follows();
    }

    /** Whether output is on its way that was asked for. */
    boolean isUnderWay() {
        return follower != null || tail != null;
    }

    /** Where output for the connection comes from; null if it reads nothing. */
    Outbox.@Nullable Source source() {
        return watch != null ? watch : tail != null ? tail : follower;
    }

    void beginWatch(List<Incarnation> processes, String firstLine) {
        if (session.isClosed()) {
            return; // its client went while the process was being made
        }
        session.outbox.add(firstLine);
        session.dialogue.goOn();
        Watch begun = new Watch(kernel, session, processes);
        watch = begun;
        readers.add(begun);
        begun.look();
        session.hasOutput();
    }

    void beginFollowing(Follower.Kind kind, Patterns patterns) {
        Follower begun = new Follower(session, kind, patterns);
        follower = begun;
        readers.add(begun, kernel.processes());
    }

    /** Sends what is held of some processes; it answers when that is done, or at the client's next line. */
    void beginTail(List<String> words, Reply reply) throws Refusal {
        if (session.isFramed() && isUnderWay()) {
            throw new Refusal("cannot tail on this connection: it follows or tails already; open another one");
        }
        Tail begun = new TailRequest(kernel).read(session, kernel.posix, kernel.loop, words);
        if (begun.follows()) {
            session.dialogue.goOn();
        }
        tail = begun;
        tailReply = reply;
        readers.add(begun);
        begun.begin();
    }

    /** All that is read, for a state; each has lines of its own. */
    void save(StateWriter out) {
        if (watch != null) {
            watch.save(out);
        }
        if (follower != null) {
            follower.save(out);
        }
        if (tail != null && tailReply != null) {
            SavedTail.save(out, session, tail, tailReply);
        }
    }

    void takeUp(Watch saved) {
        watch = saved;
        readers.add(saved);
    }

    void takeUp(Follower saved) {
        follower = saved;
        readers.add(saved, List.of());
    }

    void takeUp(Tail saved, Reply reply) {
        tail = saved;
        tailReply = reply;
        readers.add(saved);
    }

    /** Goes on in this program, where another one had begun. */
    void resume() {
        if (tail != null) {
            tail.begin();
        }
    }

    /** Ends the watch; whether there was one. */
    boolean endWatch() {
        if (watch == null) {
            return false;
        }
        readers.remove(watch);
        watch = null;
        return true;
    }

    /** Ends the tail: the reply that is to be told, or null if there was none. */
    @Nullable
    Reply endTail() {
        Reply reply = tailReply;
        if (tail != null) {
            readers.remove(tail);
        }
        tail = null;
        tailReply = null;
        return reply;
    }

    /** The connection has ended. */
    void close() {
        if (watch != null) {
            readers.remove(watch);
        }
        if (follower != null) {
            readers.remove(follower);
        }
        if (tail != null) {
            readers.remove(tail);
        }
    }
}

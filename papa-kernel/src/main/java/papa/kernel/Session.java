package papa.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import papa.door.Peer;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.process.Incarnation;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.request.Reply;
import papa.wire.Limit;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * One connection: bounded lines in, answers and output out.
 *
 * <pre>
 *   PAPA ── hello ─► QUOTED            one request at a time, each answer ends with the prompt
 *     └─ hello framed ─► FRAMED        requests carry tags; answers and frames carry lengths
 *   any of the first two ── watch ─► (a Watch has the connection) ── q, or all closed ─► back
 * </pre>
 *
 * <p>Bounded by {@link Limit}; past {@link Outbox#FULL} of waiting answers no request is read. Loop thread only.
 */
final class Session {
    /** How long one connection's requests may take in a row while others wait. */
    private static final long TURN_NANOS = 5_000_000L;

    static final String GREETING = "Papa is home. Type \"help\" for commands.\n> ";

    private enum Mode {
        PAPA,
        QUOTED,
        FRAMED
    }

    private final Posix posix;
    private final EventLoop loop;
    private final Server server;
    private final Kernel kernel;
    private final Requests requests;
    private final int fd;
    private final Peer peer;
    private final Outbox outbox;
    private final Incoming incoming;
    private final Reading reading;
    private long askedNanos = System.nanoTime();
    private boolean asked;
    private Mode mode = Mode.PAPA;
    private boolean busy;
    private boolean resting;
    private int unanswered;
    private boolean peerDone;
    private boolean closed;
    private boolean closeWhenSent;
    private boolean flushScheduled;
    private int interest = Posix.EPOLLIN;

    Session(Posix posix, EventLoop loop, Server server, Kernel kernel, Requests requests, int fd, Peer peer) {
        this.posix = posix;
        this.loop = loop;
        this.server = server;
        this.kernel = kernel;
        this.requests = requests;
        this.fd = fd;
        this.peer = peer;
        this.outbox = new Outbox(posix, server.unread());
        this.incoming = new Incoming(posix);
        this.reading = new Reading(kernel.readers);
    }

    int peerPid() {
        return peer.pid();
    }

    /** Whether its client may ask for more than reading. */
    boolean mayChange() {
        return peer.mayChange();
    }

    /**
     * A pidfd of the process that opened this connection, for the caller to close; a negated errno if it has gone. The
     * number alone may be another's by now.
     */
    int openPeer() {
        int exact = posix.peerProcess(fd);
        return Errno.ENOPROTOOPT.is(exact) ? posix.pidfdOpen(peerPid()) : exact;
    }

    boolean isExtended() {
        return mode != Mode.PAPA;
    }

    /** Bytes of memory that a line takes which has not come to its end. */
    int lineRoom() {
        return incoming.room();
    }

    /** Bytes of answers that wait for it to read. */
    long unread() {
        return outbox.queued();
    }

    /** Whether it has asked for something yet. */
    boolean hasAsked() {
        return asked;
    }

    /** When it last asked for something, or came; System.nanoTime. */
    long askedNanos() {
        return askedNanos;
    }

    /** Whether nothing ends with it that anybody has asked for. */
    boolean isExpendable() {
        boolean serves = reading.watch() != null || isReading() || busy || unanswered > 0 || outbox.queued() > 0;
        return !serves && !kernel.leases.isActing(this);
    }

    /** Ends it with a word to a person; a program sees the end. */
    void dismiss(String why) {
        if (!isFramed()) {
            outbox.add("Error: " + why + "\n");
            flush();
        }
        close(why);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isFramed() {
        return mode == Mode.FRAMED;
    }

    /** Begins; false if it could not. */
    boolean open() {
        if (loop.add(fd, interest, this::ready) < 0) {
            posix.close(fd);
            return false;
        }
        outbox.add(GREETING);
        hasOutput();
        return true;
    }

    private void ready(int events) {
        try {
            serve(events);
        } catch (RuntimeException | OutOfMemoryError fault) {
            Log.fault("a connection failed, and is closed", fault);
            close("it failed");
        }
    }

    private void serve(int events) {
        if ((events & Posix.EPOLLOUT) != 0) {
            hasOutput();
        }
        if ((events & Posix.EPOLLIN) != 0 && !closed) {
            readSome();
        } else if ((events & (Posix.EPOLLHUP | Posix.EPOLLERR)) != 0) {
            close("its client has gone");
        }
    }

    private void readSome() {
        long buffer = server.readBuffer();
        long count = posix.read(fd, buffer, Server.READ_AT_ONCE);
        if (count < 0 && (Errno.EAGAIN.is(count) || Errno.EINTR.is(count))) {
            return;
        }
        if (count <= 0) {
            peerDone = true;
            runLines();
            if (!busy && (unanswered == 0 || reading.tailFollows())) {
                closeWhenSent = true;
                hasOutput();
            }
            return;
        }
        if (incoming.mustGrowFor((int) count)) {
            server.makeRoomForLines();
            if (closed) {
                return;
            }
        }
        incoming.add(buffer, (int) count);
        runLines();
    }

    /** Runs the requests that have arrived whole, as long as this connection may go on. */
    void runLines() {
        if (!resting) {
            runSome();
        }
    }

    private void runSome() {
        long latest = System.nanoTime() + TURN_NANOS;
        while (!resting
                && !closed
                && !closeWhenSent
                && !busy
                && outbox.queued() < Outbox.FULL
                && !kernel.launches.isFull()) {
            Optional<String> text = incoming.next();
            if (text.isEmpty() || !reading.takes(text.get())) {
                break; // the latter came before its batch was complete
            }
            incoming.taken();
            askedNanos = System.nanoTime();
            asked = true;
            take(text.get());
            server.boundUnread();
            resting = System.nanoTime() - latest > 0;
        }
        incoming.tidy();
        if (!closed && !closeWhenSent && incoming.isTooLong()) {
            refuseLine();
        }
        updateInterest();
        if (resting && !closed) {
            loop.post(this::goOn);
        }
    }

    /** Others have had their turn. */
    private void goOn() {
        resting = false;
        runSome();
    }

    private void refuseLine() {
        outbox.add("Error: cannot read a line of more than " + Limit.LINE.most() + " bytes\n");
        closeWhenSent = true;
        hasOutput();
    }

    private void take(String raw) {
        String text = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        Watch watching = reading.watch();
        if (watching != null) {
            watching.acknowledge(text).ifPresent(this::endWatch);
            return;
        }
        if (mode == Mode.FRAMED) {
            takeFramed(text);
            return;
        }
        Tail tail = reading.tail();
        if (tail != null) {
            endTail(tail.lastWords());
            if (text.isBlank() || text.strip().equalsIgnoreCase("q")) {
                return;
            }
        }
        busy = true;
        Reply reply = new PromptReply(this);
        try {
            List<String> words = mode == Mode.PAPA ? Words.splitPapa(text.strip()) : Words.splitQuoted(text.strip());
            requests.run(this, words, reply);
        } catch (WordsException unreadable) {
            reply.refused(new Refusal(unreadable.getMessage() + ""));
        } catch (Refusal refusal) {
            reply.refused(refusal);
        } catch (RuntimeException fault) {
            reply.refused(faulty(fault));
        }
    }

    private void takeFramed(String text) {
        int blank = text.indexOf(' ');
        String tag = blank < 0 ? text : text.substring(0, blank);
        if (!Words.isTag(tag)) {
            close("it sent a request without a tag");
            return;
        }
        unanswered++;
        Reply reply = new FramedReply(this, outbox, tag);
        try {
            requests.run(this, Words.splitQuoted(blank < 0 ? "" : text.substring(blank + 1)), reply);
        } catch (WordsException unreadable) {
            reply.refused(new Refusal(unreadable.getMessage() + ""));
        } catch (Refusal refusal) {
            reply.refused(refusal);
        } catch (RuntimeException fault) {
            reply.refused(faulty(fault));
        }
    }

    private static Refusal faulty(RuntimeException fault) {
        Log.fault("a request failed", fault);
        return new Refusal("cannot do that: a fault in papa (" + fault + "); its log tells where");
    }

    // For replies.

    /** The answer to the request of a session with prompts, which may send the next one. */
    void answer(String text, String prompt) {
        busy = false;
        if (!closed) {
            outbox.add(text);
            outbox.add(prompt);
            hasOutput();
            if (peerDone) {
                closeWhenSent = true;
            }
            loop.atEndOfTurn(this::runLines);
        }
    }

    /** A request of a framed session has got its answer. */
    void answered() {
        hasOutput();
        unanswered--;
        closeWhenSent |= peerDone && unanswered == 0;
    }

    // For requests.

    /** The answer to an empty line: only the prompt. */
    void prompt() {
        busy = false;
        outbox.add("> ");
        hasOutput();
    }

    /** From the answer on, words may be quoted, and perhaps requests carry tags. */
    void extend(boolean framed, Reply reply, String welcome) {
        reply.ok(welcome);
        mode = framed ? Mode.FRAMED : Mode.QUOTED;
    }

    /** The last answer; then the connection ends. */
    void sayGoodbye(String text) {
        outbox.add(text);
        closeWhenSent = true;
        hasOutput();
    }

    void beginWatch(List<Incarnation> processes, String firstLine) {
        if (closed) {
            return; // its client went while the process was being made
        }
        outbox.add(firstLine);
        busy = false;
        reading.begin(new Watch(kernel, this, processes));
        hasOutput();
    }

    /** The watch is over, with a last word. */
    void endWatch(String text) {
        if (reading.endWatch()) {
            outbox.add(text + "> ");
            hasOutput();
        }
    }

    void beginFollowing(Follower.Kind kind, Patterns patterns) {
        reading.begin(new Follower(this, kind, patterns), kernel.processes());
    }

    /** Sends what is held of some processes; it answers when that is done, or at the client's next line. */
    void beginTail(List<String> words, Reply reply) throws Refusal {
        if (isFramed() && isReading()) {
            throw new Refusal("cannot tail on this connection: it follows or tails already; open another one");
        }
        Tail begun = new TailRequest(kernel).read(this, posix, loop, words);
        busy = !isFramed() && !begun.follows();
        reading.begin(begun, reply);
    }

    /** The tail is over, with what is to stand before the prompt. */
    void endTail(String lastWords) {
        Reply reply = reading.endTail();
        if (reply != null) {
            if (isFramed()) {
                reply.ok("");
                return;
            }
            outbox.add(lastWords);
            prompt();
            closeWhenSent |= peerDone;
            loop.atEndOfTurn(this::runLines);
        }
    }

    /** Whether output is on its way that was asked for. */
    boolean isReading() {
        return reading.isUnderWay();
    }

    Optional<Follower> follower() {
        return Optional.ofNullable(reading.follower());
    }

    /** An empty buffer for the header of a frame. */
    ByteBuffer header() {
        return outbox.header();
    }

    void send(ByteBuffer frame) {
        outbox.add(frame);
        hasOutput();
    }

    /** There is something to send. It goes at the end of the turn, with whatever else comes until then. */
    void hasOutput() {
        if (!flushScheduled && !closed) {
            flushScheduled = true;
            loop.atEndOfTurn(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (closed) {
            return;
        }
        switch (outbox.flush(fd, reading.source())) {
            case BROKEN -> close("its client has gone");
            case BLOCKED -> setInterest(interest | Posix.EPOLLOUT);
            case MORE -> loop.post(this::hasOutput);
            case EMPTY -> {
                if (closeWhenSent) {
                    close("it is done");
                    return;
                }
                setInterest(interest & ~Posix.EPOLLOUT);
            }
        }
        if (outbox.queued() > Limit.UNREAD.most()) {
            close("it does not read its answers");
        } else if (!closed && ((interest & Posix.EPOLLIN) == 0 || (reading.watch() != null && !incoming.isEmpty()))) {
            loop.atEndOfTurn(this::runLines); // reading was suspended until answers went out
        }
    }

    private void updateInterest() {
        boolean mayRead = !peerDone
                && !busy
                && !resting
                && outbox.queued() < Outbox.FULL
                && !kernel.launches.isFull()
                && !incoming.isFull();
        setInterest(mayRead ? interest | Posix.EPOLLIN : interest & ~Posix.EPOLLIN);
    }

    private void setInterest(int wanted) {
        if (wanted != interest && !closed) {
            interest = wanted;
            loop.change(fd, wanted);
        }
    }

    void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        Log.debug("the connection of " + peer + " ends: " + why);
        loop.remove(fd);
        posix.close(fd);
        outbox.free();
        reading.close();
        kernel.leases.gone(this);
        server.gone(this);
    }
}

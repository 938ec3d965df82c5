package papa.kernel;

import java.nio.ByteBuffer;
import java.util.Optional;
import papa.door.Peer;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Reply;
import papa.wire.Limit;

/**
 * One connection: bounded lines in, answers and output out.
 *
 * <p>Bounded by {@link Limit}; past {@link Outbox#FULL} of waiting answers no request is read. What is saved of it: see
 * {@link SavedSession}. Loop thread only.
 */
final class Session {
    /** How long one connection's requests may take in a row while others wait. */
    private static final long TURN_NANOS = 5_000_000L;

    static final String GREETING = "Papa is home. Type \"help\" for commands.\n> ";

    /**
     * What is to be known of one besides what it has to send, to take and to read.
     *
     * @param asked whether it has asked for something yet
     * @param askedNanos when it last did, or came; System.nanoTime
     * @param peerDone whether nothing more comes from its client
     * @param closeWhenSent whether it ends as soon as everything was sent
     */
    record Standing(Dialogue.Mode mode, boolean asked, long askedNanos, boolean peerDone, boolean closeWhenSent) {}

    private final Posix posix;
    private final EventLoop loop;
    private final Server server;
    private final Kernel kernel;
    private final int fd;
    private final Interest interest;
    final Peer peer;
    final Outbox outbox;
    final Incoming incoming;
    final Reading reading;
    final Dialogue dialogue;
    private long askedNanos = System.nanoTime();
    private boolean asked;
    private boolean resting;
    private boolean peerDone;
    private boolean closed;
    private boolean closeWhenSent;
    private boolean broken;
    private boolean flushScheduled;

    /** It had copies of what is held when another program had this connection. */
    boolean wantsCopies;

    /** It had all of them. */
    boolean hadAllCopies;

    /** It is told what becomes of the copies of the lease that it holds. */
    boolean wantsNewsOfCopies;

    Session(Posix posix, EventLoop loop, Server server, Kernel kernel, Requests requests, int fd, Peer peer) {
        this.posix = posix;
        this.loop = loop;
        this.server = server;
        this.kernel = kernel;
        this.fd = fd;
        this.interest = new Interest(loop, fd, this::ready);
        this.peer = peer;
        this.outbox = new Outbox(posix, server.unread());
        this.incoming = new Incoming(posix);
        this.reading = new Reading(this, kernel);
        this.dialogue = new Dialogue(this, requests, outbox, reading);
    }

    Standing standing() {
        return new Standing(dialogue.mode(), asked, askedNanos, peerDone, closeWhenSent);
    }

    /** Goes on where another one was. */
    void takeUp(Standing standing) {
        dialogue.speak(standing.mode);
        asked = standing.asked;
        askedNanos = standing.askedNanos;
        peerDone = standing.peerDone;
        closeWhenSent = standing.closeWhenSent;
    }

    /** The connection's own; in a state it stands for the connection. */
    int descriptor() {
        return fd;
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
        return dialogue.isExtended();
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
        boolean serves = reading.watch() != null || isReading() || dialogue.owed() > 0 || outbox.queued() > 0;
        return !serves && !kernel.leases.isActing(this) && !kernel.knocks.isAwaitedBy(this);
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
        return dialogue.isFramed();
    }

    /** How many answers wait to be given, besides that of a tail. */
    int owed() {
        return closeWhenSent ? 0 : dialogue.owedBesidesTail();
    }

    /** Whether it has copies of what is held. */
    boolean holdsCopies() {
        return wantsCopies || kernel.copies.isHeldBy(this);
    }

    /** Whether it has all of them. */
    boolean holdsAllCopies() {
        return wantsCopies ? hadAllCopies : kernel.copies.isCompleteAt(this);
    }

    /** Begins; false if it could not. */
    boolean open() {
        updateInterest();
        if (!interest.begin()) {
            posix.close(fd);
            return false;
        }
        outbox.add(GREETING);
        hasOutput();
        return true;
    }

    /** Its requests are not read for now; what it waits for is still sent. */
    void pause() {
        updateInterest();
    }

    /** Goes on after {@link #pause}, or for the first time in this program. */
    void resume() {
        updateInterest();
        interest.beginForCertain();
        reading.resume();
        if (wantsCopies) {
            wantsCopies = false;
            kernel.loop.atEndOfTurn(() -> kernel.copies.goOn(this, hadAllCopies)); // all is restored by then
        }
        hasOutput();
        loop.atEndOfTurn(this::runLines);
    }

    private void ready(int events) {
        try {
            serve(events);
        } catch (RuntimeException | Error fault) {
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
            lost();
        }
    }

    /** Its client has gone. What that asked for last may be unread while nothing is read: it is done first, later. */
    private void lost() {
        if (server.isPaused()) {
            interest.rest();
        } else {
            close("its client has gone");
        }
    }

    /** Its client takes nothing any more. What that asked for last is done first: reading comes to the end, too. */
    private void takesNothing() {
        boolean readsOn = !broken && !peerDone && interest.includes(Posix.EPOLLIN);
        broken = true;
        if (!readsOn) {
            lost();
        }
    }

    private void readSome() {
        if (server.isPaused()) {
            return;
        }
        long buffer = server.readBuffer();
        long count = posix.read(fd, buffer, Server.READ_AT_ONCE);
        if (count < 0 && (Errno.EAGAIN.is(count) || Errno.EINTR.is(count))) {
            return;
        }
        if (count <= 0) {
            peerDone = true;
            runLines();
            if (!dialogue.isBusy() && (dialogue.owed() == 0 || reading.tailFollows())) {
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
                && !server.isPaused()
                && !dialogue.isBusy()
                && outbox.queued() < Outbox.FULL
                && !kernel.launches.isFull()) {
            Optional<String> text = incoming.next();
            if (text.isEmpty() || !reading.takes(text.get())) {
                break; // the latter came before its batch was complete
            }
            incoming.taken();
            askedNanos = System.nanoTime();
            asked = true;
            dialogue.take(text.get());
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

    // For replies.

    /** The answer to the request of a session with prompts, which may send the next one. */
    void answer(String text, String prompt) {
        dialogue.goOn();
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
        dialogue.answered();
        closeWhenSent |= peerDone && dialogue.owed() == 0;
    }

    // For requests.

    /** The answer to an empty line: only the prompt. */
    void prompt() {
        dialogue.goOn();
        outbox.add("> ");
        hasOutput();
    }

    /** From the answer on, words may be quoted, and perhaps requests carry tags. */
    void extend(boolean framed, Reply reply, String welcome) {
        reply.ok(welcome);
        dialogue.speak(framed ? Dialogue.Mode.FRAMED : Dialogue.Mode.QUOTED);
    }

    /** The last answer; then the connection ends. */
    void sayGoodbye(String text) {
        outbox.add(text);
        closeWhenSent = true;
        hasOutput();
    }

    /** The watch is over, with a last word. */
    void endWatch(String text) {
        if (reading.endWatch()) {
            outbox.add(text + "> ");
            hasOutput();
        }
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
            case BROKEN -> takesNothing();
            case FAILED -> close("it cannot be answered");
            case BLOCKED -> interest.set(Posix.EPOLLOUT, true);
            case MORE -> loop.post(this::hasOutput);
            case EMPTY -> {
                if (closeWhenSent) {
                    close("it is done");
                    return;
                }
                interest.set(Posix.EPOLLOUT, false);
            }
        }
        if (outbox.queued() > Limit.UNREAD.most()) {
            close("it does not read its answers");
        } else if (!closed && (!interest.includes(Posix.EPOLLIN) || (reading.watch() != null && !incoming.isEmpty()))) {
            loop.atEndOfTurn(this::runLines); // reading was suspended until answers went out
        }
    }

    private void updateInterest() {
        boolean mayRead = !peerDone
                && !server.isPaused()
                && !dialogue.isBusy()
                && !resting
                && outbox.queued() < Outbox.FULL
                && !kernel.launches.isFull()
                && !incoming.isFull();
        interest.set(Posix.EPOLLIN, mayRead);
    }

    void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        // Before all that could fail: the next connection may get the same number, and copies are put into a number.
        kernel.copies.gone(this);
        Log.debug("the connection of " + peer + " ends: " + why);
        interest.end();
        posix.close(fd);
        outbox.free();
        reading.close();
        kernel.leases.gone(this);
        kernel.knocks.gone(this);
        server.gone(this);
    }
}

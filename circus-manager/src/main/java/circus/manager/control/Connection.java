package circus.manager.control;

import circus.curve.CurveKey;
import circus.manager.command.Caller;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import zmq.Adoption;
import zmq.Msg;

/**
 * One peer that was let in, from then until its connection is gone: who it is, how far its handshake is, and what of it waits. JeroMQ's I/O
 * thread tells most; circus-door ends what takes too long, circus-loop what is not read. Or it goes on, open, with another process: {@link #move}.
 */
final class Connection implements Adoption.Link {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final Service service;
    private final Optional<Keys> keys;
    private final Caller caller;
    private final SocketChannel channel;
    private final Refusals refusals;
    private final Consumer<Connection> atEnd;
    private final Consumer<Moved> atMove;
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.STAYS);

    /** Requests that have come and that are to be answered. */
    private final AtomicLong owed = new AtomicLong();

    private final AtomicLong requestBytes = new AtomicLong();
    private final AtomicLong replyBytes = new AtomicLong();
    private volatile boolean ready;
    private volatile boolean ended;
    private volatile Adoption.@Nullable Adopted adopted;
    private volatile long spokeNanos = System.nanoTime();
    private int subscriptions;
    private long topicBytes;

    private enum Fate {
        STAYS,
        WANTED,
        MOVED,
        ENDS
    }

    /**
     * @param atMove told once, if at all, on JeroMQ's I/O thread
     * @param atEnd told once, after that, on the same
     */
    Connection(
            Service service,
            Optional<Keys> keys,
            Caller caller,
            SocketChannel channel,
            Refusals refusals,
            Consumer<Moved> atMove,
            Consumer<Connection> atEnd) {
        this.service = service;
        this.keys = keys;
        this.caller = caller;
        this.channel = channel;
        this.refusals = refusals;
        this.atMove = atMove;
        this.atEnd = atEnd;
    }

    /** JeroMQ has it now. */
    void adopted(Adoption.Adopted by) {
        adopted = by;
    }

    Caller caller() {
        return caller;
    }

    /** Whether it is neither shaking hands any more nor gone. */
    boolean isSettled() {
        return ready || ended;
    }

    /** For how long nothing has come of it, and nothing gone to it; negative for one that is about to end. Any thread. */
    long silentNanos(long nowNanos) {
        return fate.get() == Fate.ENDS || ended ? -1 : nowNanos - spokeNanos;
    }

    /** Whether an end would lose something now: bytes of it have come that nobody has read yet, or a reply has not gone out. Any thread. */
    boolean isBusy() {
        return owed.get() > 0 || replyBytes.get() > 0 || Descriptors.unread(channel) > 0;
    }

    /**
     * Has it leave this process, open as it is, as soon as nothing is under way in it: then {@code atMove} gets it. May be called again,
     * and where nothing has become of it. circus-loop.
     */
    void move() {
        Adoption.Adopted by = adopted;
        if (by == null || service != Service.COMMANDS || keys.isPresent()) {
            return;
        }
        boolean begins = fate.compareAndSet(Fate.STAYS, Fate.WANTED);
        if (begins || isMoving()) {
            by.look();
        }
    }

    /** Whether it is to leave, and has not left yet. Any thread. */
    boolean isMoving() {
        return fate.get() == Fate.WANTED;
    }

    @Override
    public boolean mayMove() {
        // In this order: a reply is counted before its request is owed no more (settled).
        return fate.get() == Fate.WANTED
                && owed.get() == 0
                && replyBytes.get() == 0
                && fate.compareAndSet(Fate.WANTED, Fate.MOVED);
    }

    @Override
    public void moved(SocketChannel open, byte[] identity) {
        atMove.accept(new Moved(open, new String(identity, StandardCharsets.ISO_8859_1)));
    }

    /** A request of it is answered, or never will be. circus-loop. */
    void settled() {
        owed.decrementAndGet();
    }

    @Override
    public void ready() {
        ready = true;
    }

    @Override
    public boolean admits(byte[] key) {
        boolean known = keys.isPresent() && keys.get().knows(CurveKey.of(key));
        if (!known) {
            refusals.refused(
                    toString(),
                    "its key " + CurveKey.of(key).z85() + " is not one of curve_clients",
                    System.nanoTime());
        }
        return known;
    }

    @Override
    public boolean arrived(Msg frame) {
        spokeNanos = System.nanoTime();
        if (service == Service.COMMANDS && !frame.hasMore()) {
            owed.incrementAndGet();
        }
        return switch (service) {
            case COMMANDS -> withinLimit(requestBytes, size(frame), Service.MOST_BYTES_WAITING, "requests");
            case EVENTS, STATISTICS -> subscribes(frame);
        };
    }

    private boolean withinLimit(AtomicLong counter, long bytes, long limit, String what) {
        if (counter.addAndGet(bytes) <= limit) {
            return true;
        }
        LOG.log(Level.WARNING, "{0} is cut off: more than {1} MiB of {2} wait", this, limit >> 20, what);
        return false;
    }

    /** A subscription begins with 1, its end with 0; nothing else has to come here. */
    private boolean subscribes(Msg frame) {
        int kind = frame.size() == 0 ? -1 : frame.get(0);
        if (kind == 1) {
            subscriptions++;
            topicBytes += frame.size();
        } else if (kind == 0) {
            subscriptions = Math.max(0, subscriptions - 1);
            topicBytes = Math.max(0, topicBytes - frame.size());
        }
        boolean usual = (kind == 0 || kind == 1)
                && subscriptions <= Service.MOST_SUBSCRIPTIONS
                && topicBytes <= Service.MOST_TOPIC_BYTES;
        if (!usual) {
            LOG.log(
                    Level.WARNING,
                    "{0} is cut off: it sends something else than subscriptions, or more than {1} of them, of {2} KiB",
                    this,
                    Service.MOST_SUBSCRIPTIONS,
                    Service.MOST_TOPIC_BYTES >> 10);
        }
        return usual;
    }

    /** The request that this frame is part of is being looked at. */
    void taken(Msg frame) {
        requestBytes.addAndGet(-size(frame));
    }

    /** A reply goes to it. Breaks off if it reads none of them. */
    void replying(int bytes) {
        if (!withinLimit(replyBytes, bytes + (long) Service.FRAME_BYTES, Service.MOST_REPLY_BYTES, "replies")) {
            breakOff();
        }
    }

    @Override
    public void left(Msg frame) {
        spokeNanos = System.nanoTime();
        if (service == Service.COMMANDS && frame.size() > 0) {
            replyBytes.addAndGet(-size(frame));
        }
    }

    private static long size(Msg frame) {
        return frame.size() + (long) Service.FRAME_BYTES;
    }

    /** Ends it while it is silent. The peer hears of it at once, and not when JeroMQ gets to it: what it sends in between is lost. Any thread. */
    void dismiss() {
        if (ends()) {
            try {
                channel.shutdownOutput();
            } catch (IOException | UnsupportedOperationException gone) {
                LOG.log(Level.DEBUG, "{0} has gone already: {1}", this, gone);
            }
            shutdownInput();
        }
    }

    /** JeroMQ sees the end of what the peer sends, and closes. Any thread. */
    void breakOff() {
        if (ends()) {
            shutdownInput();
        }
    }

    /** Whether it is still this process that may end it. */
    private boolean ends() {
        return fate.getAndUpdate(now -> now == Fate.MOVED ? now : Fate.ENDS) != Fate.MOVED;
    }

    private void shutdownInput() {
        try {
            channel.shutdownInput();
        } catch (IOException | UnsupportedOperationException gone) {
            LOG.log(Level.DEBUG, "{0} has gone already: {1}", this, gone);
        }
    }

    @Override
    public void failed(Throwable mistake) {
        refusals.refused(toString(), "what it sends cannot be understood (" + mistake + ")", System.nanoTime());
    }

    @Override
    public void ended() {
        ended = true;
        atEnd.accept(this);
    }

    @Override
    public String toString() {
        return Peers.describe(caller);
    }
}

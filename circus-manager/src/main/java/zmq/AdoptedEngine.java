package zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import zmq.Adoption.Link;
import zmq.io.IOThread;
import zmq.io.SessionBase;
import zmq.io.StreamEngine;
import zmq.io.coder.Decoder;
import zmq.io.coder.DecoderBase;
import zmq.io.coder.IDecoder;

/**
 * JeroMQ's engine, for one adopted connection.
 *
 * <p>It closes the connection where JeroMQ fails in working off what the peer sent. Otherwise it would go on in the middle of a frame, and for
 * some frames for ever, on the one thread that serves all connections.
 *
 * <p>It lets the connection go, open, if somebody wants it ({@link Link#mayMove}): between two messages, when JeroMQ has read nothing that it
 * has not passed on, and has written all that it has to write. It can go on with such a connection: JeroMQ, which knows no other beginning,
 * shakes hands with {@link PastHandshake} first.
 *
 * <p>Runs on JeroMQ's I/O thread.
 */
@NullMarked
final class AdoptedEngine extends StreamEngine {
    private static final VarHandle CHANNEL = field(StreamEngine.class, "fd", SocketChannel.class);
    private static final VarHandle BYTES_READ = field(StreamEngine.class, "insize", int.class);
    private static final VarHandle BYTES_TO_WRITE = field(StreamEngine.class, "outsize", int.class);
    private static final VarHandle INPUT_STOPPED = field(StreamEngine.class, "inputStopped", boolean.class);
    private static final VarHandle IO_ERROR = field(StreamEngine.class, "ioError", boolean.class);
    private static final VarHandle DECODER = field(StreamEngine.class, "decoder", IDecoder.class);
    private static final VarHandle STEP = field(DecoderBase.class, "next", IDecoder.Step.class);
    private static final VarHandle FIRST_STEP = field(Decoder.class, "flagsReady", IDecoder.Step.class);

    /** In and out, for a handshake; it takes three. */
    private static final int MOST_TURNS = 16;

    private final Link link;
    private final byte @Nullable [] identity;
    private @Nullable SessionBase session;
    private boolean pastHandshake;
    private boolean isAtWork;
    private boolean destroyed;

    /** @param identity of a peer that has shaken hands already; null for another one */
    AdoptedEngine(Options options, SocketChannel channel, Link link, byte @Nullable [] identity) {
        // The constructor looks at addresses, and takes none but those of IP.
        super(new Nowhere(), options, "");
        this.link = link;
        this.identity = identity;
        CHANNEL.set(this, channel);
    }

    private static VarHandle field(Class<?> of, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(of, MethodHandles.lookup()).findVarHandle(of, name, type);
        } catch (ReflectiveOperationException otherVersion) {
            throw new LinkageError("cannot use this version of JeroMQ: 0.6.0 is needed", otherVersion);
        }
    }

    @Override
    public void plug(IOThread thread, SessionBase to) {
        session = to;
        byte[] known = identity;
        if (known == null) {
            guard(() -> super.plug(thread, to));
            return;
        }
        guard(() -> {
            pastHandshake = true; // nothing that has come may be taken for a greeting
            super.plug(thread, to);
            shakeHands(known);
            pastHandshake = false;
        });
    }

    private void shakeHands(byte[] known) {
        SocketChannel real = (SocketChannel) CHANNEL.get(this);
        try {
            PastHandshake peer = new PastHandshake(known);
            CHANNEL.set(this, peer);
            for (int i = 0; i < MOST_TURNS && !destroyed && !isPast(peer); i++) {
                super.inEvent();
                if (!destroyed) {
                    super.outEvent();
                }
            }
            if (!destroyed && !isPast(peer)) {
                throw new IllegalStateException("JeroMQ does not go on with a connection that has moved");
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            if (destroyed) {
                close(real);
            } else {
                CHANNEL.set(this, real);
            }
        }
    }

    private boolean isPast(PastHandshake peer) {
        return peer.isOver()
                && session instanceof Adoption.Session ours
                && ours.isReady()
                && (int) BYTES_TO_WRITE.get(this) == 0;
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void inEvent() {
        if (!pastHandshake) {
            guard(super::inEvent);
        }
    }

    @Override
    public void outEvent() {
        guard(super::outEvent);
    }

    @Override
    public void restartInput() {
        guard(super::restartInput);
    }

    @Override
    public void restartOutput() {
        guard(super::restartOutput);
    }

    private void guard(Runnable work) {
        if (destroyed) {
            return; // JeroMQ's poller may have both to tell, that something can be written and that something can be
            // read
        }
        if (isAtWork) {
            work.run(); // JeroMQ answers a PING in the middle of what has come
            return;
        }
        isAtWork = true;
        try {
            work.run();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError mistake) {
            if (destroyed || session == null) {
                return;
            }
            link.failed(mistake);
            end(session, ErrorReason.PROTOCOL);
        } finally {
            isAtWork = false;
        }
        moveIfWanted();
    }

    private void end(SessionBase of, ErrorReason why) {
        of.flush();
        of.engineError(false, why);
        terminate();
    }

    /** ZMTP's limit, which JeroMQ does not keep; who has a longer one is dismissed as others are that cannot move. */
    private static final int LONGEST_IDENTITY = 255;

    /** Lets go of the connection, if somebody wants it and this is the moment. */
    void moveIfWanted() {
        if (destroyed
                || isAtWork
                || !(session instanceof Adoption.Session ours)
                || !isBetweenMessages(ours)
                || ours.identity().length > LONGEST_IDENTITY
                || !link.mayMove()) {
            return;
        }
        SocketChannel channel = (SocketChannel) CHANNEL.get(this);
        CHANNEL.set(this, new Nowhere());
        end(ours, ErrorReason.CONNECTION);
        link.moved(channel, ours.identity());
    }

    private boolean isBetweenMessages(Adoption.Session ours) {
        return ours.isReady()
                && ours.isBetweenMessages()
                && (int) BYTES_READ.get(this) == 0
                && (int) BYTES_TO_WRITE.get(this) == 0
                && !(boolean) INPUT_STOPPED.get(this)
                && !(boolean) IO_ERROR.get(this)
                && DECODER.get(this) instanceof Decoder decoder
                && STEP.get(decoder) == FIRST_STEP.get(decoder);
    }

    @Override
    public void destroy() {
        destroyed = true;
        super.destroy();
    }
}

package zmq;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import zmq.io.IOThread;
import zmq.io.Metadata;
import zmq.io.SessionBase;
import zmq.io.mechanism.Mechanisms;

/**
 * Gives a connection that we have accepted ourselves to a socket of JeroMQ, as if one of its own listeners had; so it may come over a Unix
 * socket, and who is at its other end is known. Stands in JeroMQ's package since what its listeners call is not public; it is written for
 * JeroMQ 0.6.0, and the build pins that.
 *
 * <p>{@link #adopt} may be called by any one thread at a time, until the socket is closed; not after.
 */
@NullMarked
public final class Adoption {
    private Adoption() {}

    /** One adopted connection, as its owner sees it. All methods but {@link #ended} are called on JeroMQ's I/O thread; that one too. */
    public interface Link {
        /** The handshake is over: both know what the other one is, and keys, where there are any, were right. */
        void ready();

        /**
         * Whether the owner of this public key of CURVE may come in; asked in the handshake, when he has proved that it is his.
         *
         * @param key 32 bytes
         */
        boolean admits(byte[] key);

        /**
         * A frame has come, and is on its way to the socket.
         *
         * @return false to break the connection off
         */
        boolean arrived(Msg frame);

        /** A frame is being sent. */
        void left(Msg frame);

        /**
         * Whether the connection is to leave this process now, open as it is. Asked between two messages, when nothing is half read or half
         * written; if so, {@link #moved} follows, and then {@link #ended}.
         */
        boolean mayMove();

        /**
         * The connection is nobody's any more.
         *
         * @param channel is still registered with JeroMQ's selector for a moment; whoever closes it before ends the connection for the peer
         * @param identity what the peer calls itself
         */
        void moved(SocketChannel channel, byte[] identity);

        /** What the peer sent made JeroMQ fail. The connection is being closed. */
        void failed(Throwable mistake);

        /** The connection is closed, and everything of it gone. */
        void ended();
    }

    /**
     * Has a socket take no frames that are longer. JeroMQ's own limit lets those pass whose length has its highest bit set, and allocates
     * whatever the lower 32 bits of it say.
     */
    public static void limit(SocketBase socket, int bytes) {
        socket.options.maxMsgSize = bytes;
        socket.options.allocator = size -> {
            if (size < 0 || size > bytes) {
                throw new IllegalArgumentException("a frame of " + size + " bytes");
            }
            return new Msg(size);
        };
    }

    /** A connection that was adopted. */
    public interface Adopted {
        /** Has {@link Link#mayMove} asked, though nothing comes or goes. One thread at a time, and not once the socket is closed. */
        void look();
    }

    /**
     * Serves the connection.
     *
     * @param channel connected; belongs to JeroMQ from now on
     * @throws IOException if it is broken already; it is then not closed
     */
    public static Adopted adopt(SocketBase socket, SocketChannel channel, Link link) throws IOException {
        return adopt(socket, channel, link, null);
    }

    /**
     * Goes on with a connection that has {@link Link#moved moved}: both sides have shaken hands, by ZMTP 3 and without keys, and the next
     * byte in each direction is the first of a message.
     *
     * @param identity what its peer calls itself
     */
    public static Adopted resume(SocketBase socket, SocketChannel channel, Link link, byte[] identity)
            throws IOException {
        return adopt(socket, channel, link, identity);
    }

    private static Adopted adopt(SocketBase socket, SocketChannel channel, Link link, byte @Nullable [] identity)
            throws IOException {
        channel.configureBlocking(false);
        AdoptedEngine engine = new AdoptedEngine(socket.options, channel, link, identity);
        IOThread thread = socket.chooseIoThread(socket.options.affinity);
        Session session = new Session(thread, socket, link, engine);
        session.incSeqnum();
        socket.launchChild(session);
        socket.sendAttach(session, engine, false);
        // JeroMQ itself sends this word to sockets only. It is the one of which the receiver keeps no count.
        return () -> session.getCtx().sendCommand(session.getTid(), new Command(session, Command.Type.CANCEL));
    }

    /** The connection that a frame has come by; null for one that was not adopted. */
    public static @Nullable Link linkOf(Msg frame) {
        return frame.getMetadata() instanceof Origin origin ? origin.link : null;
    }

    /** Travels with each frame; nothing of it comes from the peer, as the properties in its handshake do. */
    private static final class Origin extends Metadata {
        private final Link link;

        Origin(Link link) {
            this.link = link;
        }
    }

    static final class Session extends SessionBase {
        private final Link link;
        private final Origin origin;
        private final AdoptedEngine engine;
        private final Deque<Msg> verdict = new ArrayDeque<>();
        private byte[] identity = {};
        private boolean ready;
        private boolean withinMessage;
        private boolean sentAll;

        @SuppressWarnings("NullAway") // Only who connects needs an address.
        Session(IOThread thread, SocketBase socket, Link link, AdoptedEngine engine) {
            super(thread, false, socket, socket.options, null);
            this.link = link;
            this.engine = engine;
            this.origin = new Origin(link);
        }

        /** Called for the first time when the handshake is over. */
        @Override
        protected @Nullable Msg pullMsg() {
            if (!ready) {
                ready = true;
                link.ready();
            }
            Msg frame = super.pullMsg();
            sentAll = frame == null;
            if (frame != null) {
                link.left(frame);
            }
            return frame;
        }

        /** Whether the handshake is over. */
        boolean isReady() {
            return ready;
        }

        /** Whether the engine has been given all that is to go out, and all frames of each message that came have come. */
        boolean isBetweenMessages() {
            return sentAll && !withinMessage;
        }

        /** What the peer calls itself; empty for one that has no name. */
        byte[] identity() {
            return identity.clone();
        }

        /** {@link Adopted#look}. */
        @Override
        protected void processCancel() {
            engine.moveIfWanted();
        }

        @Override
        protected boolean pushMsg(Msg frame) {
            frame.setMetadata(origin);
            if (!super.pushMsg(frame)) {
                return false;
            }
            if (frame.isIdentity()) {
                identity = frame.data().clone();
                return true;
            }
            if (frame.isCommand()) {
                return true;
            }
            withinMessage = frame.hasMore();
            if (!link.arrived(frame)) {
                errno.set(ZError.EPROTO);
                return false;
            }
            return true;
        }

        /**
         * Has JeroMQ refuse ZMTP 1 and 2, in which a peer's first bytes are messages: from anybody who is gone before he is looked up, and
         * from a browser that was made to post them. Asked for nothing else where no domain is set.
         */
        @Override
        public boolean zapEnabled() {
            return true;
        }

        /** The question whether a key is known (rfc.zeromq.org/spec/27) is answered here and now; no socket is asked. */
        @Override
        public int zapConnect() {
            return options.mechanism == Mechanisms.CURVE ? 0 : ZError.ECONNREFUSED;
        }

        @Override
        public boolean writeZapMsg(Msg frame) {
            if (frame.hasMore()) {
                return true;
            }
            // The last frame of a question is the key.
            verdict.clear();
            String status = link.admits(frame.data()) ? "200" : "400";
            for (String text : List.of("", "1.0", "1", status, "", "")) {
                verdict.add(zapFrame(text, true));
            }
            verdict.add(zapFrame("", false));
            return true;
        }

        private static Msg zapFrame(String text, boolean more) {
            Msg frame = new Msg(text.getBytes(StandardCharsets.US_ASCII));
            if (more) {
                frame.setFlags(Msg.MORE);
            }
            return frame;
        }

        @Override
        public @Nullable Msg readZapMsg() {
            Msg frame = verdict.poll();
            if (frame == null) {
                errno.set(ZError.EAGAIN);
            }
            return frame;
        }

        @Override
        public void destroy() {
            super.destroy();
            link.ended();
        }
    }
}

package zmq;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import zmq.io.IOThread;
import zmq.io.Metadata;
import zmq.io.SessionBase;
import zmq.io.StreamEngine;
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
    private static final VarHandle CHANNEL = channelOfEngine();

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

    private static VarHandle channelOfEngine() {
        try {
            return MethodHandles.privateLookupIn(StreamEngine.class, MethodHandles.lookup())
                    .findVarHandle(StreamEngine.class, "fd", SocketChannel.class);
        } catch (ReflectiveOperationException otherVersion) {
            throw new LinkageError("cannot use this version of JeroMQ: 0.6.0 is needed", otherVersion);
        }
    }

    /**
     * Serves the connection.
     *
     * @param channel connected; belongs to JeroMQ from now on
     * @throws IOException if it is broken already; it is then not closed
     */
    public static void adopt(SocketBase socket, SocketChannel channel, Link link) throws IOException {
        channel.configureBlocking(false);
        Engine engine = new Engine(socket.options, link);
        CHANNEL.set(engine, channel);
        IOThread thread = socket.chooseIoThread(socket.options.affinity);
        Session session = new Session(thread, socket, link);
        session.incSeqnum();
        socket.launchChild(session);
        socket.sendAttach(session, engine, false);
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

    /**
     * Closes its connection where JeroMQ fails in working off what the peer sent. Otherwise it would go on in the middle of a frame, and for
     * some frames for ever, on the one thread that serves all connections.
     */
    private static final class Engine extends StreamEngine {
        private final Link link;
        private @Nullable SessionBase session;
        private boolean destroyed;

        Engine(Options options, Link link) {
            // The constructor looks at addresses, and takes none but those of IP.
            super(Nowhere.CHANNEL, options, "");
            this.link = link;
        }

        @Override
        public void plug(IOThread thread, SessionBase to) {
            session = to;
            guard(() -> super.plug(thread, to));
        }

        @Override
        public void inEvent() {
            guard(super::inEvent);
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
            try {
                work.run();
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError mistake) {
                if (destroyed || session == null) {
                    return;
                }
                link.failed(mistake);
                session.flush();
                session.engineError(false, ErrorReason.PROTOCOL);
                terminate();
            }
        }

        @Override
        public void destroy() {
            destroyed = true;
            super.destroy();
        }
    }

    private static final class Session extends SessionBase {
        private final Link link;
        private final Origin origin;
        private final Deque<Msg> verdict = new ArrayDeque<>();
        private boolean ready;

        @SuppressWarnings("NullAway") // Only who connects needs an address.
        Session(IOThread thread, SocketBase socket, Link link) {
            super(thread, false, socket, socket.options, null);
            this.link = link;
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
            if (frame != null) {
                link.left(frame);
            }
            return frame;
        }

        @Override
        protected boolean pushMsg(Msg frame) {
            frame.setMetadata(origin);
            if (!super.pushMsg(frame)) {
                return false;
            }
            if (!frame.isCommand() && !frame.isIdentity() && !link.arrived(frame)) {
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

    /** Connected to nothing; has addresses, for who must have some. */
    private static final class Nowhere extends SocketChannel {
        static final SocketChannel CHANNEL = new Nowhere();

        private final SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

        private Nowhere() {
            super(SelectorProvider.provider());
        }

        @Override
        public SocketAddress getRemoteAddress() {
            return address;
        }

        @Override
        public SocketAddress getLocalAddress() {
            return address;
        }

        @Override
        protected void implConfigureBlocking(boolean block) {}

        @Override
        protected void implCloseSelectableChannel() {}

        @Override
        public SocketChannel bind(@Nullable SocketAddress local) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> SocketChannel setOption(SocketOption<T> name, T value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T getOption(SocketOption<T> name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return Set.of();
        }

        @Override
        public SocketChannel shutdownInput() {
            return this;
        }

        @Override
        public SocketChannel shutdownOutput() {
            return this;
        }

        @Override
        public Socket socket() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isConnectionPending() {
            return false;
        }

        @Override
        public boolean connect(SocketAddress remote) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean finishConnect() {
            return true;
        }

        @Override
        public int read(ByteBuffer into) {
            return -1;
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            return -1;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            throw new IOException("connected to nothing");
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) throws IOException {
            throw new IOException("connected to nothing");
        }
    }
}

package circus.manager.control;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import zmq.SocketBase;

/**
 * An endpoint at which somebody listens: accepts connections for one ZeroMQ socket.
 *
 * @param endpoint as it was given
 * @param file of a Unix socket; null for TCP
 */
record Listening(
        String endpoint,
        Service service,
        SocketBase socket,
        ServerSocketChannel channel,
        @Nullable SocketFile file) {
    private static final System.Logger LOG = System.getLogger(Listening.class.getName());
    private static final int BACKLOG = 1024;
    private static final Duration LEAVING = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** Waits a moment for an address in use: it may be that of a circusd that has answered its quit and is about to go. */
    static Listening open(String endpoint, Service service, SocketBase socket, Access access)
            throws CannotListenException {
        ListenAddress address = ListenAddress.of(endpoint);
        long deadlineNanos = System.nanoTime() + LEAVING.toNanos();
        while (true) {
            try {
                return address instanceof ListenAddress.Unix unix
                        ? unix(endpoint, service, socket, SocketFile.listen(unix.path(), access))
                        : new Listening(endpoint, service, socket, tcp(((ListenAddress.Tcp) address).address()), null);
            } catch (SocketFile.Unusable unusable) {
                if (!unusable.inUse || System.nanoTime() > deadlineNanos) {
                    throw new CannotListenException("cannot listen on " + endpoint + ": " + unusable.getMessage());
                }
            } catch (IOException refused) {
                String cause = cause(refused, ((ListenAddress.Tcp) address).address());
                if (!cause.contains("in use") || System.nanoTime() > deadlineNanos) {
                    throw new CannotListenException("cannot listen on " + endpoint + ": " + cause);
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** One that listens already, by its descriptor; that belongs to the result. */
    static Listening inherit(String endpoint, Service service, SocketBase socket, int descriptor)
            throws CannotListenException {
        ListenAddress address = ListenAddress.of(endpoint);
        try {
            if (address instanceof ListenAddress.Unix unix) {
                SocketFile file =
                        SocketFile.inherit(unix.path(), Descriptors.listening(descriptor, StandardProtocolFamily.UNIX));
                return unix(endpoint, service, socket, file);
            }
            boolean four = ((ListenAddress.Tcp) address).address().getAddress() instanceof Inet4Address;
            return new Listening(
                    endpoint,
                    service,
                    socket,
                    Descriptors.listening(
                            descriptor, four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6),
                    null);
        } catch (IOException closed) {
            throw new CannotListenException("cannot go on listening on " + endpoint + ": " + closed.getMessage());
        }
    }

    /** The same, whose file stays when it is closed. */
    Listening bequeathed() {
        return new Listening(endpoint, service, socket, channel, null);
    }

    private static Listening unix(String endpoint, Service service, SocketBase socket, SocketFile file) {
        return new Listening(endpoint, service, socket, file.channel(), file);
    }

    private static ServerSocketChannel tcp(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(
                address.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6);
        boolean done = false;
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, BACKLOG);
            if (address.getPort() == 0) {
                LOG.log(Level.INFO, "listening on tcp:/{0}", channel.getLocalAddress());
            }
            done = true;
            return channel;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static String cause(IOException refused, InetSocketAddress address) {
        Optional<String> owner =
                refused instanceof BindException ? PortOwner.find(address.getPort()) : Optional.empty();
        if (refused instanceof BindException && !isOurs(address)) {
            return "this machine has no such address";
        }
        if (owner.isPresent()) {
            return "the address is in use by " + owner.get();
        }
        String message = String.valueOf(refused.getMessage());
        return message.contains("in use") ? "the address is in use" : message;
    }

    private static boolean isOurs(InetSocketAddress address) {
        try {
            return address.getAddress().isAnyLocalAddress()
                    || address.getAddress().isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address.getAddress()) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }

    /** Whether others than this machine can reach it. */
    boolean isReachableFromOutside() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress address
                && !address.getAddress().isLoopbackAddress();
    }

    /** Of what is accepted here. */
    ProtocolFamily family() throws IOException {
        SocketAddress local = channel.getLocalAddress();
        if (!(local instanceof InetSocketAddress address)) {
            return StandardProtocolFamily.UNIX;
        }
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    /** See {@link SocketFile#own}. */
    void own() {
        if (file != null) {
            file.own();
        }
    }

    void close() {
        try {
            if (file == null) {
                channel.close();
            } else {
                file.close();
            }
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "cannot leave {0} as it was: {1}", endpoint, failed);
        }
    }
}

package circus.manager.control;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Between channels and the numbers of their descriptors, in both directions: what the JDK knows and does not tell. The way into it is that of
 * {@link PeerCredentials}: {@code bin/circusd} opens it ({@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}). JDK 17 and 25 agree there; an
 * IOException where another one does not. Any thread.
 */
public final class Descriptors {
    private Descriptors() {}

    /** The number that this channel has in this process; it stays the channel's. */
    public static int number(SelectableChannel channel) throws IOException {
        try {
            Class<?> within = Class.forName("sun.nio.ch.SelChImpl");
            return (int) lookup(within)
                    .findVirtual(within, "getFDVal", MethodType.methodType(int.class))
                    .invoke(channel);
        } catch (Throwable closed) {
            throw cannot("tell the descriptor of a channel", closed);
        }
    }

    /** A channel for a socket that listens already; the number is the channel's from now on. */
    static ServerSocketChannel listening(int number, ProtocolFamily family) throws IOException {
        try {
            FileDescriptor descriptor = descriptor(number);
            Class<?> channel = Class.forName("sun.nio.ch.ServerSocketChannelImpl");
            MethodHandle maker = lookup(channel)
                    .findConstructor(
                            channel,
                            MethodType.methodType(
                                    void.class,
                                    SelectorProvider.class,
                                    ProtocolFamily.class,
                                    FileDescriptor.class,
                                    boolean.class));
            return (ServerSocketChannel) maker.invoke(SelectorProvider.provider(), family, descriptor, true);
        } catch (Throwable closed) {
            throw cannot("make a channel of descriptor " + number, closed);
        }
    }

    /** A channel for a socket that was accepted elsewhere; the number is the channel's from now on. */
    static SocketChannel accepted(int number, ProtocolFamily family) throws IOException {
        try {
            FileDescriptor descriptor = descriptor(number);
            Class<?> channel = Class.forName("sun.nio.ch.SocketChannelImpl");
            MethodHandle maker = lookup(channel)
                    .findConstructor(
                            channel,
                            MethodType.methodType(
                                    void.class,
                                    SelectorProvider.class,
                                    ProtocolFamily.class,
                                    FileDescriptor.class,
                                    SocketAddress.class));
            return (SocketChannel)
                    maker.invoke(SelectorProvider.provider(), family, descriptor, peer(descriptor, family));
        } catch (Throwable closed) {
            throw cannot("make a channel of descriptor " + number, closed);
        }
    }

    /** The address at the other end; one that means nobody where he has gone. */
    private static SocketAddress peer(FileDescriptor descriptor, ProtocolFamily family) throws Throwable {
        if (family == StandardProtocolFamily.UNIX) {
            return UnixDomainSocketAddress.of("");
        }
        Class<?> net = Class.forName("sun.nio.ch.Net");
        MethodHandle asked = lookup(net)
                .findStatic(net, "remoteAddress", MethodType.methodType(InetSocketAddress.class, FileDescriptor.class));
        try {
            return (InetSocketAddress) asked.invoke(descriptor);
        } catch (IOException gone) {
            return new InetSocketAddress(0);
        }
    }

    private static FileDescriptor descriptor(int number) throws Throwable {
        Class<?> numbers = Class.forName("sun.nio.ch.IOUtil");
        return (FileDescriptor) lookup(numbers)
                .findStatic(numbers, "newFD", MethodType.methodType(FileDescriptor.class, int.class))
                .invoke(number);
    }

    /** How many bytes have come that nobody has read yet; 0 where that is not told, as by a channel that is closed. */
    static int unread(SelectableChannel channel) {
        try {
            return Unread.of(channel);
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (Throwable closed) {
            return 0;
        }
    }

    /** Looked up once: it takes milliseconds, and whoever asks means this moment. */
    private static final class Unread {
        private static final MethodHandle DESCRIPTOR;
        private static final MethodHandle AVAILABLE;

        static {
            try {
                Class<?> within = Class.forName("sun.nio.ch.SelChImpl");
                DESCRIPTOR = lookup(within).findVirtual(within, "getFD", MethodType.methodType(FileDescriptor.class));
                Class<?> net = Class.forName("sun.nio.ch.Net");
                AVAILABLE = lookup(net)
                        .findStatic(net, "available", MethodType.methodType(int.class, FileDescriptor.class));
            } catch (ReflectiveOperationException otherJava) {
                throw new LinkageError("cannot ask how much is unread", otherJava);
            }
        }

        static int of(SelectableChannel channel) throws Throwable {
            return (int) AVAILABLE.invoke((FileDescriptor) DESCRIPTOR.invoke(channel));
        }
    }

    private static MethodHandles.Lookup lookup(Class<?> within) throws IllegalAccessException {
        return MethodHandles.privateLookupIn(within, MethodHandles.lookup());
    }

    private static IOException cannot(String what, Throwable cause) {
        if (cause instanceof VirtualMachineError fatal) {
            throw fatal;
        }
        return new IOException(
                "cannot " + what + " with Java " + Runtime.version() + ": " + cause
                        + "; bin/circusd opens what is needed (--add-opens java.base/sun.nio.ch)",
                cause);
    }
}

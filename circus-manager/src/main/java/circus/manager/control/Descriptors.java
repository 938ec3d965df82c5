package circus.manager.control;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.ProtocolFamily;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
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
            Class<?> numbers = Class.forName("sun.nio.ch.IOUtil");
            FileDescriptor descriptor = (FileDescriptor) lookup(numbers)
                    .findStatic(numbers, "newFD", MethodType.methodType(FileDescriptor.class, int.class))
                    .invoke(number);
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

    /** How many bytes have come that nobody has read yet; 0 where that is not told, as by a channel that is closed. */
    static int unread(SelectableChannel channel) {
        try {
            Class<?> within = Class.forName("sun.nio.ch.SelChImpl");
            FileDescriptor descriptor = (FileDescriptor) lookup(within)
                    .findVirtual(within, "getFD", MethodType.methodType(FileDescriptor.class))
                    .invoke(channel);
            Class<?> net = Class.forName("sun.nio.ch.Net");
            return (int) lookup(net)
                    .findStatic(net, "available", MethodType.methodType(int.class, FileDescriptor.class))
                    .invoke(descriptor);
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (Throwable closed) {
            return 0;
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

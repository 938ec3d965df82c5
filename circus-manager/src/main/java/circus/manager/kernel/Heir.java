package circus.manager.kernel;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.channels.SocketChannel;

/**
 * Starts a program whose standard input is a connection of ours. The JDK can do that, for pipelines, and does not say so: {@code
 * bin/circusd} opens it to us ({@code --add-opens java.base/java.lang=ALL-UNNAMED} and {@code java.io}). Where that is not open, or
 * another JDK is different inside, it fails, and nothing has happened.
 */
final class Heir {
    private Heir() {}

    /** Makes that the standard input of what {@code builder} starts. */
    static void giveInput(ProcessBuilder builder, SocketChannel connection) throws IOException {
        try {
            Class<?> pipe = Class.forName("java.lang.ProcessBuilder$RedirectPipeImpl");
            MethodHandles.Lookup lang = MethodHandles.privateLookupIn(pipe, MethodHandles.lookup());
            Object redirect = lang.findConstructor(pipe, MethodType.methodType(void.class))
                    .invoke();
            FileDescriptor given = (FileDescriptor)
                    lang.findGetter(pipe, "fd", FileDescriptor.class).invoke(redirect);
            VarHandle number = MethodHandles.privateLookupIn(FileDescriptor.class, MethodHandles.lookup())
                    .findVarHandle(FileDescriptor.class, "fd", int.class);
            Class<?> channel = Class.forName("sun.nio.ch.SelChImpl");
            MethodHandle descriptor = MethodHandles.privateLookupIn(channel, MethodHandles.lookup())
                    .findVirtual(channel, "getFDVal", MethodType.methodType(int.class));
            number.set(given, (int) descriptor.invoke(connection));
            builder.redirectInput((ProcessBuilder.Redirect) redirect);
        } catch (Throwable closed) {
            throw new IOException("cannot hand a connection to another program: " + closed, closed);
        }
    }
}

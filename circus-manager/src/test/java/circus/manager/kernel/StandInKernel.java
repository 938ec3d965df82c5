package circus.manager.kernel;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A program that does what {@link KernelStarter} relies on in a kernel, and nothing else: it takes the lock or ends with
 * exit code 1, then listens, until somebody sends it a byte.
 */
final class StandInKernel {
    private StandInKernel() {}

    public static void main(String[] arguments) throws IOException {
        Path socket = Path.of(arguments[0]);
        try (FileChannel lock =
                FileChannel.open(Path.of(socket + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                System.out.println("cannot run at " + socket + ": another kernel does");
                System.exit(1);
            }
            System.out.println("going to listen");
            Files.deleteIfExists(socket);
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                serve(server);
            }
            Files.deleteIfExists(socket);
        }
    }

    private static void serve(ServerSocketChannel server) throws IOException {
        while (true) {
            try (SocketChannel client = server.accept()) {
                if (client.read(ByteBuffer.allocate(1)) > 0) {
                    return;
                }
            }
        }
    }
}

package circus.manager.upgrade;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;

/** A {@link Wire}, and the bare other end of it. One thread. */
final class Ends implements AutoCloseable {
    final Wire wire;
    private final SocketChannel bare;
    private final Scanner lines;

    Ends() throws IOException {
        Path folder = Files.createTempDirectory("circus-test-");
        Path path = folder.resolve("wire");
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(path));
            bare = SocketChannel.open(UnixDomainSocketAddress.of(path));
            wire = new Wire(door.accept());
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
        lines = new Scanner(Channels.newInputStream(bare), StandardCharsets.UTF_8);
    }

    /** Sends bytes as they are, each character one. */
    void send(String bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
        while (left.hasRemaining()) {
            bare.write(left);
        }
    }

    /** Sends {@code say} and nothing else. */
    void say(String word) throws IOException {
        send("{\"say\": \"" + word + "\"}\n");
    }

    /** The next line that holds this; waits. */
    String await(String part) {
        while (true) {
            String line = lines.nextLine();
            if (line.contains(part)) {
                return line;
            }
        }
    }

    /** Says no more; what was said arrives. */
    void leave() throws IOException {
        bare.close();
    }

    @Override
    public void close() throws IOException {
        wire.close();
        bare.close();
    }
}

package circus.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A peer that does exactly what a test tells it, also what no ZeroMQ library would do. Serves one connection after the other. */
final class FakePeer implements AutoCloseable {
    interface Script {
        /** @param connection counted from 0 */
        void serve(int connection, DataInputStream in, OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final Thread thread;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    FakePeer(Script script) throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> serve(script), "fake-peer");
        thread.start();
    }

    private void serve(Script script) {
        for (int connection = 0; ; connection++) {
            try (Socket socket = server.accept()) {
                open.add(socket);
                script.serve(connection, new DataInputStream(socket.getInputStream()), socket.getOutputStream());
                open.remove(socket);
            } catch (IOException closed) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    String endpoint() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    static byte[] greeting(int minor, String mechanism) {
        byte[] greeting = new byte[64];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[11] = (byte) minor;
        byte[] name = mechanism.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(name, 0, greeting, 12, name.length);
        return greeting;
    }

    /** What a ROUTER of libzmq does until both sides are ready. */
    static void shakeHands(DataInputStream in, OutputStream out, String socketType) throws IOException {
        out.write(greeting(1, "NULL"));
        in.readFully(new byte[64]);
        out.write(ZmtpCommand.ready(socketType).encode().array());
        readFrame(in);
    }

    static byte[] readFrame(DataInputStream in) throws IOException {
        int flags = in.readUnsignedByte();
        int size = (flags & 2) == 0 ? in.readUnsignedByte() : Math.toIntExact(in.readLong());
        return in.readNBytes(size);
    }

    static void send(OutputStream out, String text) throws IOException {
        out.write(ZmtpFrame.message(text.getBytes(StandardCharsets.UTF_8))
                .encode()
                .array());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        try {
            thread.join();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}

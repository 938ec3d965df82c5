package circus.cli;

import circus.message.Json;
import circus.message.JsonException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** As much of a manager as circusctl needs: a ROUTER that answers from a table, or a PUB that publishes one event over and over. */
final class FakeManager implements AutoCloseable {
    private final ServerSocket server;
    private final Map<String, String> fields;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Thread thread;

    /** @param fields by command, the text of its reply without the outer braces and the id; none for a PUB */
    FakeManager(Map<String, String> fields) throws IOException {
        this(0, fields);
    }

    /** The same at a port that is known before. */
    FakeManager(int port, Map<String, String> fields) throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        this.fields = fields;
        thread = new Thread(this::run, "fake-manager");
        thread.start();
    }

    String endpoint() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /** The properties of what was asked, each after its command. */
    List<String> requests() {
        return requests;
    }

    private void run() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                serve(new DataInputStream(client.getInputStream()), client.getOutputStream());
            } catch (IOException gone) {
                // The client has what it wanted, or the test is over.
            }
        }
    }

    private void serve(DataInputStream in, OutputStream out) throws IOException {
        byte[] greeting = new byte[64];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
        out.write(greeting);
        in.readFully(new byte[64]);
        String type = fields.isEmpty() ? "PUB" : "ROUTER";
        frame(
                out,
                4,
                ("\5READY\13Socket-Type\0\0\0" + (char) type.length() + type).getBytes(StandardCharsets.ISO_8859_1));
        frame(in);
        while (true) {
            byte[] body = frame(in);
            if (fields.isEmpty()) {
                publish(out);
            }
            try {
                Map<String, Object> request = Json.readObject(new String(body, StandardCharsets.UTF_8));
                requests.add(request.get("command") + " " + Json.write(request.get("properties")));
                String reply = "{" + fields.get(String.valueOf(request.get("command"))) + ", \"id\": "
                        + Json.write(request.get("id")) + "}";
                frame(out, 0, reply.getBytes(StandardCharsets.UTF_8));
            } catch (JsonException malformed) {
                throw new IOException(malformed);
            }
        }
    }

    private static void publish(OutputStream out) throws IOException {
        while (true) {
            frame(out, 1, "watcher.gr\u00f6\u00dfe.start".getBytes(StandardCharsets.UTF_8));
            frame(out, 0, "{\"time\": 1795209653.5307884}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        int flags = in.readUnsignedByte();
        return in.readNBytes((flags & 2) == 0 ? in.readUnsignedByte() : (int) in.readLong());
    }

    private static void frame(OutputStream out, int flags, byte[] body) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(flags | 2);
        frame.writeBytes(ByteBuffer.allocate(8).putLong(body.length).array());
        frame.writeBytes(body);
        out.write(frame.toByteArray());
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}

package circus.manager.control;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A ZeroMQ peer, byte by byte (ZMTP 3.0, NULL mechanism), that can send any number of frames. JeroMQ's own connecting side is known to
 * stall now and then.
 */
public final class RawPeer implements AutoCloseable {
    private static final int GREETING = 64;
    private static final int MORE = 1;
    private static final int LONG = 2;
    static final int COMMAND = 4;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    public RawPeer(String endpoint, String type) throws IOException {
        this(endpoint, type, "");
    }

    /** @param identity what it calls itself; each character a byte */
    public RawPeer(String endpoint, String type, String identity) throws IOException {
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        byte[] greeting = new byte[GREETING];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
        out.write(greeting);
        in.readNBytes(GREETING);
        ByteArrayOutputStream ready = new ByteArrayOutputStream();
        ready.writeBytes("\5READY".getBytes(StandardCharsets.US_ASCII));
        property(ready, "Socket-Type", type);
        property(ready, "Identity", identity);
        write(COMMAND, ready.toByteArray());
        frame();
    }

    private static void property(ByteArrayOutputStream to, String name, String value) {
        to.write(name.length());
        to.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        to.writeBytes(ByteBuffer.allocate(4).putInt(value.length()).array());
        to.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write(int flags, byte[] body) throws IOException {
        out.write(frame(flags, body));
    }

    /** A frame as it is on its way. */
    static byte[] frame(int flags, byte[] body) {
        boolean isLong = body.length > 255;
        ByteBuffer frame = ByteBuffer.allocate((isLong ? 9 : 2) + body.length);
        frame.put((byte) (isLong ? flags | LONG : flags));
        if (isLong) {
            frame.putLong(body.length);
        } else {
            frame.put((byte) body.length);
        }
        frame.put(body);
        return frame.array();
    }

    /** Bytes as they are. */
    void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
    }

    /** One message of these frames. */
    public void send(String... frames) throws IOException {
        for (int i = 0; i < frames.length; i++) {
            write(i + 1 < frames.length ? MORE : 0, frames[i].getBytes(StandardCharsets.UTF_8));
        }
    }

    /** One message of one frame. */
    public void send(byte[] frame) throws IOException {
        write(0, frame);
    }

    /** The flags and the body of the next frame. */
    private byte[] frame() throws IOException {
        int flags = in.readUnsignedByte();
        long length = (flags & 2) == 0 ? in.readUnsignedByte() : in.readLong();
        byte[] body = in.readNBytes((int) length);
        byte[] frame = new byte[1 + body.length];
        frame[0] = (byte) flags;
        System.arraycopy(body, 0, frame, 1, body.length);
        return frame;
    }

    /** The frames of the next message; waits for it. */
    public List<String> receive() throws IOException {
        List<String> frames = new ArrayList<>();
        byte[] frame;
        do {
            frame = frame();
            frames.add(new String(Arrays.copyOfRange(frame, 1, frame.length), StandardCharsets.UTF_8));
        } while ((frame[0] & MORE) != 0);
        return frames;
    }

    /** Whether nothing comes for a while. */
    boolean hearsNothing() throws IOException {
        socket.setSoTimeout(300);
        try {
            frame();
            return false;
        } catch (SocketTimeoutException silence) {
            return true;
        } finally {
            socket.setSoTimeout(10_000);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

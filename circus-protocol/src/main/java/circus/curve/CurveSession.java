package circus.curve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one encrypted connection: the mechanism CURVE of ZMTP. It makes and reads the bodies of commands; sending them is the
 * connection's business. Used once, by one thread.
 *
 * <pre>
 *   HELLO    C', box[zeros](C' → S)                              the client knows the server's key S, and shows a key for this connection, C'
 *   WELCOME  box[S', cookie](S → C')                             the server has S, and shows a key for this connection, S'
 *   INITIATE cookie, box[C, box[C', S](C → S'), data](C' → S')   who the client is, and that it means this server and this connection
 *   READY    box[data](S' → C')
 *   MESSAGE  box[flags, body]                                    from then on, both ways, each with a higher number
 * </pre>
 *
 * @see <a href="https://rfc.zeromq.org/spec/25/">ZMTP CURVE</a>
 * @see <a href="https://rfc.zeromq.org/spec/26/">CurveZMQ</a>
 */
public final class CurveSession {
    /** As the greeting names it. */
    public static final String MECHANISM = "CURVE";

    /** What a message grows by. */
    private static final int SHORT_NONCE_BYTES = 8;

    private static final int LONG_NONCE_BYTES = 16;
    private static final int HELLO_PADDING = 72;
    private static final int HELLO_ZEROS = 64;
    private static final int COOKIE_BYTES = 96;
    private static final byte[] MESSAGE = command("MESSAGE");

    private final KeyFile keys;
    private final CurveKey server;
    private final CurveKey ownSecret = CurveBox.freshSecret();
    private final CurveKey own = CurveBox.publicOf(ownSecret);
    private long sent;
    private long received;
    private @Nullable CurveBox box;

    /** @param keys a pair, with the server's public key */
    public CurveSession(KeyFile keys) {
        this.keys = keys;
        this.server = keys.serverKey().orElseThrow();
    }

    /** A message as it was before it was encrypted. */
    @SuppressWarnings("ArrayRecordComponent") // Messages are carried, never compared.
    public record Opened(int flags, byte[] body) {}

    /** The command that begins the handshake. */
    public byte[] hello() {
        byte[] nonce = nextNonce();
        byte[] signature =
                new CurveBox(server, ownSecret).seal(new byte[HELLO_ZEROS], whole("CurveZMQHELLO---", nonce));
        return joined(command("HELLO"), new byte[] {1, 0}, new byte[HELLO_PADDING], own.bytes(), nonce, signature);
    }

    /**
     * Reads the server's answer, and tells what to send next.
     *
     * @param welcome a whole command, its name included
     * @param metadata what is told of this side: the properties of a READY command of ZMTP
     * @throws CurveException if it was not made by the server that has the key that we know
     */
    public byte[] initiate(byte[] welcome, byte[] metadata) throws CurveException {
        ByteBuffer in = data(welcome, "WELCOME");
        byte[] nonce = take(in, LONG_NONCE_BYTES);
        byte[] text = new CurveBox(server, ownSecret).open(rest(in), joined(ascii("WELCOME-"), nonce));
        if (text == null || text.length != CurveKey.BYTES + COOKIE_BYTES) {
            throw new CurveException("its answer was not made with the key that we know of it");
        }
        CurveKey theirs = CurveKey.of(Arrays.copyOf(text, CurveKey.BYTES));
        byte[] cookie = Arrays.copyOfRange(text, CurveKey.BYTES, text.length);
        CurveBox connection = new CurveBox(theirs, ownSecret);
        box = connection;
        byte[] vouchNonce = CurveBox.random(LONG_NONCE_BYTES);
        byte[] vouch = new CurveBox(theirs, keys.secretKey().orElseThrow())
                .seal(joined(own.bytes(), server.bytes()), joined(ascii("VOUCH---"), vouchNonce));
        byte[] shortNonce = nextNonce();
        byte[] sealed = connection.seal(
                joined(keys.publicKey().bytes(), vouchNonce, vouch, metadata), whole("CurveZMQINITIATE", shortNonce));
        return joined(command("INITIATE"), cookie, shortNonce, sealed);
    }

    /** The metadata of the server, which has taken us. */
    public byte[] ready(byte[] ready) throws CurveException {
        ByteBuffer in = data(ready, "READY");
        byte[] nonce = nextReceived(in);
        byte[] metadata = box().open(rest(in), whole("CurveZMQREADY---", nonce));
        if (metadata == null) {
            throw new CurveException("its READY command cannot be decrypted");
        }
        return metadata;
    }

    /** The body of the frame that carries this message. */
    public byte[] seal(int flags, byte[] body) {
        byte[] nonce = nextNonce();
        byte[] sealed = box().seal(joined(new byte[] {(byte) flags}, body), whole("CurveZMQMESSAGEC", nonce));
        return joined(MESSAGE, nonce, sealed);
    }

    /** What the body of a frame carries. Nobody can change, repeat, or leave away and then send one. */
    public Opened open(byte[] frame) throws CurveException {
        ByteBuffer in = data(frame, "MESSAGE");
        byte[] nonce = nextReceived(in);
        byte[] text = box().open(rest(in), whole("CurveZMQMESSAGES", nonce));
        if (text == null || text.length == 0) {
            throw new CurveException("one of its messages cannot be decrypted");
        }
        return new Opened(text[0], Arrays.copyOfRange(text, 1, text.length));
    }

    private CurveBox box() {
        return Objects.requireNonNull(box, "the handshake is not that far");
    }

    private byte[] nextNonce() {
        sent++;
        return ByteBuffer.allocate(SHORT_NONCE_BYTES).putLong(sent).array();
    }

    private byte[] nextReceived(ByteBuffer in) throws CurveException {
        byte[] nonce = take(in, SHORT_NONCE_BYTES);
        long number = ByteBuffer.wrap(nonce).getLong();
        if (Long.compareUnsigned(number, received) <= 0) {
            throw new CurveException("it repeats a message");
        }
        received = number;
        return nonce;
    }

    private static byte[] whole(String prefix, byte[] nonce) {
        return joined(ascii(prefix), nonce);
    }

    private static byte[] command(String name) {
        return joined(new byte[] {(byte) name.length()}, ascii(name));
    }

    private static ByteBuffer data(byte[] body, String name) throws CurveException {
        byte[] head = command(name);
        if (body.length < head.length || !Arrays.equals(head, Arrays.copyOf(body, head.length))) {
            throw new CurveException("it sent something else than the command " + name);
        }
        return ByteBuffer.wrap(body, head.length, body.length - head.length);
    }

    private static byte[] take(ByteBuffer in, int count) throws CurveException {
        if (in.remaining() < count) {
            throw new CurveException("a command of its is cut short");
        }
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}

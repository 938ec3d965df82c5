package circus.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a hostile or broken server gets; that the handshake is right is shown by libzmq, see CurvePyzmqTest. */
final class CurveSessionTest {
    private final CurveKey serverSecret = CurveBox.freshSecret();
    private final CurveKey server = CurveBox.publicOf(serverSecret);
    private final CurveKey secret = CurveBox.freshSecret();
    private final CurveSession session =
            new CurveSession(new KeyFile(CurveBox.publicOf(secret), Optional.of(secret), Optional.of(server)));
    private final CurveKey connectionSecret = CurveBox.freshSecret();
    private final CurveKey connection = CurveBox.publicOf(connectionSecret);

    private static byte[] bytes(Object... parts) {
        ByteBuffer out = ByteBuffer.allocate(4096);
        for (Object part : parts) {
            if (part instanceof byte[] some) {
                out.put(some);
            } else if (part instanceof Long number) {
                out.putLong(number);
            } else {
                out.put(part.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private CurveKey client(byte[] hello) {
        return CurveKey.of(Arrays.copyOfRange(hello, 80, 112));
    }

    private byte[] welcome(byte[] hello, CurveKey by) {
        byte[] nonce = CurveBox.random(16);
        byte[] text = bytes(connection.bytes(), new byte[96]);
        return bytes("\u0007WELCOME", nonce, new CurveBox(client(hello), by).seal(text, bytes("WELCOME-", nonce)));
    }

    private byte[] message(byte[] hello, long number, String text) {
        byte[] nonce = bytes(number);
        return bytes(
                "\u0007MESSAGE",
                nonce,
                new CurveBox(client(hello), connectionSecret).seal(bytes(text), bytes("CurveZMQMESSAGES", nonce)));
    }

    @Test
    void a_hello_tells_neither_who_we_are_nor_can_be_made_by_others() {
        byte[] hello = session.hello();
        assertThat(hello).hasSize(200);
        byte[] signature = Arrays.copyOfRange(hello, 120, 200);
        byte[] nonce = bytes("CurveZMQHELLO---", Arrays.copyOfRange(hello, 112, 120));
        assertThat(new CurveBox(client(hello), serverSecret).open(signature, nonce))
                .containsExactly(new byte[64]);
        assertThat(new CurveBox(client(hello), connectionSecret).open(signature, nonce))
                .isNull();
    }

    @Test
    void a_server_that_has_not_the_key_we_know_is_not_told_who_we_are() {
        byte[] hello = session.hello();
        assertThatExceptionOfType(CurveException.class)
                .isThrownBy(() -> session.initiate(welcome(hello, connectionSecret), new byte[0]))
                .withMessage("its answer was not made with the key that we know of it");
        byte[] changed = welcome(hello, serverSecret);
        changed[60] ^= 1;
        assertThatExceptionOfType(CurveException.class).isThrownBy(() -> session.initiate(changed, new byte[0]));
        assertThatExceptionOfType(CurveException.class)
                .isThrownBy(() -> session.initiate(bytes("\u0007WELCOME"), new byte[0]))
                .withMessage("a command of its is cut short");
        assertThatExceptionOfType(CurveException.class)
                .isThrownBy(() -> session.initiate(bytes("\u0005READY"), new byte[0]))
                .withMessage("it sent something else than the command WELCOME");
    }

    @Test
    void a_message_is_taken_once_and_only_as_it_was_sent() throws CurveException {
        byte[] hello = session.hello();
        assertThat(session.initiate(welcome(hello, serverSecret), bytes("meta")))
                .hasSizeGreaterThan(257);
        byte[] first = message(hello, 7, "\u0001hello");
        CurveSession.Opened opened = session.open(first);
        assertThat(opened.flags()).isEqualTo(1);
        assertThat(opened.body()).asString().isEqualTo("hello");
        assertThatExceptionOfType(CurveException.class)
                .isThrownBy(() -> session.open(first))
                .withMessage("it repeats a message");
        byte[] changed = message(hello, 8, "\u0000hello");
        changed[changed.length - 1] ^= 1;
        assertThatExceptionOfType(CurveException.class)
                .isThrownBy(() -> session.open(changed))
                .withMessage("one of its messages cannot be decrypted");
        assertThatExceptionOfType(CurveException.class).isThrownBy(() -> session.open(new byte[0]));
        assertThatExceptionOfType(CurveException.class).isThrownBy(() -> session.open(message(hello, 9, "")));
    }

    @Test
    void a_secret_key_has_one_public_key() {
        // From zmq_curve(7).
        assertThat(CurveBox.publicOf(CurveKey.parse("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"))
                        .z85())
                .isEqualTo("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
    }
}

package circus.curve;

import com.neilalexander.jnacl.crypto.curve25519xsalsa20poly1305;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Boxes between two keys, as NaCl has them (curve25519, xsalsa20, poly1305): only who has one of the secret keys and the other public key
 * can make or open one. The only user of jnacl, which is loaded with this class. A value; any thread.
 */
final class CurveBox {
    static final int NONCE_BYTES = 24;
    static final int MAC_BYTES = 16;

    /** What NaCl wants before a text, and before a box. */
    private static final int TEXT_AT = 32;

    private static final int BOX_AT = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] shared = new byte[32];

    CurveBox(CurveKey theirs, CurveKey ours) {
        curve25519xsalsa20poly1305.crypto_box_beforenm(shared, theirs.bytes(), ours.bytes());
    }

    /** A secret key. */
    static CurveKey freshSecret() {
        return CurveKey.of(random(CurveKey.BYTES));
    }

    static CurveKey publicOf(CurveKey secret) {
        byte[] key = new byte[CurveKey.BYTES];
        curve25519xsalsa20poly1305.crypto_box_getpublickey(key, secret.bytes());
        return CurveKey.of(key);
    }

    static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The box with this text, {@link #MAC_BYTES} longer. */
    byte[] seal(byte[] text, byte[] nonce) {
        byte[] padded = new byte[TEXT_AT + text.length];
        System.arraycopy(text, 0, padded, TEXT_AT, text.length);
        byte[] box = new byte[padded.length];
        curve25519xsalsa20poly1305.crypto_box_afternm(box, padded, nonce, shared);
        return Arrays.copyOfRange(box, BOX_AT, box.length);
    }

    /** The text in this box; null if it was made by somebody else, or changed. */
    byte @Nullable [] open(byte[] box, byte[] nonce) {
        if (box.length < MAC_BYTES) {
            return null;
        }
        byte[] padded = new byte[BOX_AT + box.length];
        System.arraycopy(box, 0, padded, BOX_AT, box.length);
        byte[] text = new byte[padded.length];
        int failed = curve25519xsalsa20poly1305.crypto_box_open_afternm(text, padded, nonce, shared);
        return failed == 0 ? Arrays.copyOfRange(text, TEXT_AT, text.length) : null;
    }
}

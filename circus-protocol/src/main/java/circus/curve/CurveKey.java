package circus.curve;

import java.util.Arrays;

/**
 * A public or secret key of CURVE: 32 bytes, which people see as 40 letters of Z85 (rfc.zeromq.org/spec/32). A value; any thread. It does
 * not show itself in logs: {@link #toString} is for public keys only when {@link #z85} is asked for.
 */
public final class CurveKey {
    public static final int BYTES = 32;
    public static final int LETTERS = 40;

    private static final String ALPHABET =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private static final int BASE = 85;
    private static final int GROUP_LETTERS = 5;
    private static final int GROUP_BYTES = 4;

    private final byte[] bytes;

    private CurveKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if these are not 32 bytes */
    public static CurveKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key of CURVE has 32 bytes, not " + bytes.length);
        }
        return new CurveKey(bytes.clone());
    }

    /** Whether {@code text} is a key in letters. */
    public static boolean isKey(String text) {
        return decoded(text).length == BYTES;
    }

    /** @throws IllegalArgumentException if {@link #isKey} is false; the message does not repeat the text, which may be a secret */
    public static CurveKey parse(String text) {
        byte[] bytes = decoded(text);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("not a key: it needs 40 letters of Z85, and has " + text.length());
        }
        return new CurveKey(bytes);
    }

    private static byte[] decoded(String text) {
        if (text.length() != LETTERS) {
            return new byte[0];
        }
        byte[] bytes = new byte[BYTES];
        for (int group = 0; group < LETTERS / GROUP_LETTERS; group++) {
            long value = 0;
            for (int i = 0; i < GROUP_LETTERS; i++) {
                int digit = ALPHABET.indexOf(text.charAt(group * GROUP_LETTERS + i));
                if (digit < 0) {
                    return new byte[0];
                }
                value = value * BASE + digit;
            }
            if (value > 0xffff_ffffL) {
                return new byte[0];
            }
            for (int i = GROUP_BYTES - 1; i >= 0; i--) {
                bytes[group * GROUP_BYTES + i] = (byte) value;
                value >>= 8;
            }
        }
        return bytes;
    }

    /** The 32 bytes; a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The 40 letters. */
    public String z85() {
        StringBuilder text = new StringBuilder(LETTERS);
        for (int group = 0; group < BYTES / GROUP_BYTES; group++) {
            long value = 0;
            for (int i = 0; i < GROUP_BYTES; i++) {
                value = (value << 8) | (bytes[group * GROUP_BYTES + i] & 0xff);
            }
            char[] letters = new char[GROUP_LETTERS];
            for (int i = GROUP_LETTERS - 1; i >= 0; i--) {
                letters[i] = ALPHABET.charAt((int) (value % BASE));
                value /= BASE;
            }
            text.append(letters);
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CurveKey key && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says nothing, since it may be a secret. */
    @Override
    public String toString() {
        return "a key of CURVE";
    }
}

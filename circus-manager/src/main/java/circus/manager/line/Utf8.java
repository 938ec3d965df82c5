package circus.manager.line;

/** Where characters end in a run of bytes. Bytes that are no UTF-8 count as characters of their own. */
public final class Utf8 {
    private Utf8() {}

    /** How many bytes at the end are the beginning of a character whose rest is still to come: 0 to 3. */
    public static int unfinished(byte[] bytes, int from, int to) {
        for (int back = 1; back <= Math.min(3, to - from); back++) {
            int b = bytes[to - back] & 0xff;
            if (b < 0x80) {
                return 0;
            }
            if (b >= 0xc0) {
                return lengthBy(b) > back ? back : 0;
            }
        }
        return 0;
    }

    private static int lengthBy(int first) {
        if (first >= 0xf8) {
            return 1;
        }
        return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    }
}

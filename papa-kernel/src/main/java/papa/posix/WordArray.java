package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Words as C takes them for a program. */
final class WordArray {
    private WordArray() {}

    /**
     * An array of pointers to the words, ended by a null pointer, and the words behind it, in one block to be freed; 0 if
     * there is no memory for it.
     *
     * @param words byte strings
     * @param further the address of one more word that lies elsewhere; 0 for none
     */
    static long make(LibC c, Posix posix, List<String> words, long further) {
        long pointers = (words.size() + 2L) * 8;
        long size = pointers;
        for (String word : words) {
            size += word.length() + 1;
        }
        long block = c.calloc(1, size);
        if (block == 0) {
            return 0;
        }
        long at = block + pointers;
        for (int i = 0; i < words.size(); i++) {
            posix.putLong(block + i * 8L, at);
            byte[] bytes = words.get(i).getBytes(StandardCharsets.ISO_8859_1);
            posix.putBytes(at, bytes, 0, bytes.length); // into zeroed memory, so that it is ended
            at += bytes.length + 1L;
        }
        posix.putLong(block + words.size() * 8L, further);
        return block;
    }
}

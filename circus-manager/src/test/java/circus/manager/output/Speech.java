package circus.manager.output;

import circus.manager.line.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import papa.wire.Frame.Channel;

/** What workers say: an endless text for each stream, such that one can see in a file who said which byte. */
final class Speech {
    private final Random random;
    private final boolean isCounted;
    private final boolean hasLongLines;
    private final Map<StreamId, ByteArrayOutputStream> unsaid = new HashMap<>();
    private final Map<Integer, Integer> counts = new HashMap<>();

    /**
     * A new text.
     *
     * @param isCounted whether one has to see which byte it is, too, since some may be missing or elsewhere
     */
    Speech(Random random, boolean isCounted, boolean hasLongLines) {
        this.random = random;
        this.isCounted = isCounted;
        this.hasLongLines = hasLongLines;
    }

    /** The next so many bytes of a stream, cut anywhere; a few less where a character must not be parted. */
    byte[] next(StreamId id, int count) {
        ByteArrayOutputStream text = unsaid.computeIfAbsent(id, added -> new ByteArrayOutputStream());
        while (text.size() < count) {
            text.writeBytes(line(id).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = text.toByteArray();
        // A part of a character could be anybody's; when some may be missing, nobody could tell whose it is.
        int cut = isCounted ? count - Utf8.unfinished(bytes, 0, count) : count;
        text.reset();
        text.write(bytes, cut, bytes.length - cut);
        return Arrays.copyOf(bytes, cut);
    }

    private String line(StreamId id) {
        int writer = (int) (id.incarnation() - 1) * 2 + (id.channel() == Channel.OUT ? 0 : 1);
        int kind = random.nextInt(12);
        int length = kind < 2 ? 0 : random.nextInt(60);
        if (kind == 11 && hasLongLines && random.nextInt(3) == 0) {
            length = 30_000 + random.nextInt(40_000);
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < length; i++) {
            line.append(isCounted ? nextCharacter(writer) : anyCharacter(writer));
        }
        return line.append('\n').toString();
    }

    /** A character of one to four bytes, none of which another stream's characters have at its place. */
    private String anyCharacter(int writer) {
        byte next = (byte) (0x90 + writer);
        byte[] two = {(byte) (0xc4 + writer), next};
        byte[] three = {(byte) (0xe1 + writer), next, next};
        byte[] four = {(byte) (0xf0 + writer), next, next, next};
        return switch (random.nextInt(4)) {
            case 0 -> Character.toString('a' + writer);
            case 1 -> new String(two, StandardCharsets.UTF_8);
            case 2 -> new String(three, StandardCharsets.UTF_8);
            default -> writer < 4 ? new String(four, StandardCharsets.UTF_8) : Character.toString('A' + writer);
        };
    }

    /** A character that does not come again soon, and begins with a byte of its own. */
    private String nextCharacter(int writer) {
        return Character.toString((writer + 1) * 0x1000 + counts.merge(writer, 1, Integer::sum) % 0x1000);
    }
}

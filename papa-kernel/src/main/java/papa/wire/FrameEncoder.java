package papa.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a kernel sends in a framed session. Any thread. Each method puts one header line, with its line feed, into
 * a buffer that has {@link #HEADER_ROOM} bytes left ({@link #announcedRoom} for a process). After the header of a reply
 * or of data come the announced number of bytes and one more {@link #PAYLOAD_END}.
 */
public final class FrameEncoder {
    /** No header of the methods below is longer, but for {@link #announced} and those that have {@link #nameRoom}. */
    public static final int HEADER_ROOM = 160;

    /** The byte behind a payload. */
    public static final byte PAYLOAD_END = '\n';

    private static final byte LINE_END = '\n';

    private FrameEncoder() {}

    /** @param tag at most 32 characters, each of {@code 0-9a-z} */
    public static void reply(ByteBuffer target, boolean ok, String tag, int length) {
        if (length > Frame.REPLY_LIMIT) {
            throw new IllegalArgumentException("cannot frame a reply of " + length + " bytes: too long");
        }
        start(target, ok ? FrameWord.OK : FrameWord.ERROR);
        word(target, tag);
        number(target, length);
        target.put(LINE_END);
    }

    /** How many bytes {@link #announced} needs for this name. */
    public static int announcedRoom(String name) {
        return HEADER_ROOM + Words.quote(name).length();
    }

    /** @param name byte string, of any bytes */
    public static void announced(ByteBuffer target, long incarnation, int pid, long startedMicros, String name) {
        start(target, FrameWord.PROCESS);
        number(target, incarnation);
        number(target, pid);
        number(target, startedMicros);
        word(target, Words.quote(name));
        target.put(LINE_END);
    }

    public static void data(
            ByteBuffer target, long incarnation, Frame.Channel channel, long offset, long timeMicros, int length) {
        if (length > Frame.DATA_LIMIT) {
            throw new IllegalArgumentException("cannot frame data of " + length + " bytes: too long");
        }
        text(target, channel.word());
        number(target, incarnation);
        number(target, offset);
        number(target, timeMicros);
        number(target, length);
        target.put(LINE_END);
    }

    public static void gap(
            ByteBuffer target,
            long incarnation,
            Frame.Channel channel,
            long offset,
            long bytes,
            long firstMicros,
            long lastMicros) {
        start(target, FrameWord.GAP);
        number(target, incarnation);
        word(target, channel.word());
        number(target, offset);
        number(target, bytes);
        number(target, firstMicros);
        number(target, lastMicros);
        target.put(LINE_END);
    }

    /** @param usage null where it is not known or was not asked for */
    public static void exit(
            ByteBuffer target, long incarnation, int code, long timeMicros, int leftovers, @Nullable Usage usage) {
        start(target, FrameWord.EXIT);
        number(target, incarnation);
        number(target, code);
        number(target, timeMicros);
        number(target, leftovers);
        if (usage != null) {
            word(target, usage.words());
        }
        target.put(LINE_END);
    }

    public static void end(ByteBuffer target, long incarnation) {
        start(target, FrameWord.END);
        number(target, incarnation);
        target.put(LINE_END);
    }

    public static void gone(ByteBuffer target, long incarnation) {
        start(target, FrameWord.GONE);
        number(target, incarnation);
        target.put(LINE_END);
    }

    /** How many bytes {@link #knock} and {@link #copies} need for this name. */
    public static int nameRoom(String name) {
        return HEADER_ROOM + Words.quote(name).length();
    }

    /** @param name byte string, of any bytes */
    public static void knock(ByteBuffer target, String name) {
        start(target, FrameWord.KNOCK);
        word(target, Words.quote(name));
        target.put(LINE_END);
    }

    /** @param lease byte string */
    public static void copies(ByteBuffer target, String lease) {
        start(target, FrameWord.COPIES);
        word(target, Words.quote(lease));
        target.put(LINE_END);
    }

    private static void start(ByteBuffer target, FrameWord word) {
        text(target, word.word());
    }

    private static void word(ByteBuffer target, String word) {
        target.put((byte) ' ');
        text(target, word);
    }

    private static void number(ByteBuffer target, long number) {
        word(target, Long.toString(number));
    }

    private static void text(ByteBuffer target, String byteString) {
        for (int i = 0; i < byteString.length(); i++) {
            target.put((byte) byteString.charAt(i));
        }
    }
}

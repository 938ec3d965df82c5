package papa.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One message that a kernel sends unasked to a follower. Values only; {@link FrameEncoder} writes them, {@link
 * FrameDecoder} reads them, {@link FrameWord} declares their first words.
 *
 * <pre>
 * History of the framed wire (words and numbers are never reused):
 *   1 (0.1.0)  ok TAG LEN, error TAG LEN      replies, LEN bytes and a line feed follow
 *              process INC PID STARTED NAME   Announced
 *              out|err INC OFFSET TIME LEN    Data, LEN bytes and a line feed follow
 *              gap INC out|err OFFSET BYTES FIRST LAST
 *              exit INC CODE TIME LEFT
 *              end INC
 *              gone INC
 *     (0.2.0)  knock NAME                     only to who has asked by the verb of that name
 *              copies LEASE                   only to who has asked by copies news
 *              exit INC CODE TIME LEFT user=MICROS system=MICROS maxrss=KIB|maxrssbelow=KIB
 *                                             to who has asked by follow usage, where it is known; more words may come
 * </pre>
 *
 * Times are microseconds since 1970 by the kernel's clock. Names are ordinary text here; on the wire they are UTF-8,
 * quoted where need be.
 */
public sealed interface Frame {
    /** Which version of the framed wire these classes speak: the {@code wire=} of the kernel's hello. */
    int WIRE_VERSION = 1;

    /** The longest header line, without its line feed. */
    int LINE_LIMIT = 64 * 1024;

    /** The longest payload of one {@link Data}. */
    int DATA_LIMIT = 64 * 1024;

    /** The longest body of a reply. */
    int REPLY_LIMIT = 64 * 1024 * 1024;

    /** The process that a frame is about; 0 for none. */
    long incarnation();

    /** The two streams of a process. */
    enum Channel {
        OUT(FrameWord.OUT),
        ERR(FrameWord.ERR);

        private final FrameWord word;

        Channel(FrameWord word) {
            this.word = word;
        }

        /** How the wire calls it: {@code out} or {@code err}. */
        public String word() {
            return word.word();
        }
    }

    /** Comes before any other frame about this incarnation on this connection. */
    record Announced(long incarnation, int pid, long startedMicros, String name) implements Frame {}

    /**
     * What one read of the kernel brought.
     *
     * @param offset of the first byte in this stream; offsets never repeat
     * @param bytes a heap buffer of its own, from position 0 to its end: who receives the frame may consume it
     */
    record Data(long incarnation, Channel channel, long offset, long timeMicros, ByteBuffer bytes) implements Frame {}

    /** Bytes that were dropped, from {@code offset} on, captured between the two times. */
    record Gap(long incarnation, Channel channel, long offset, long bytes, long firstMicros, long lastMicros)
            implements Frame {}

    /**
     * The process ended; its pipes may still hold output.
     *
     * @param code 0 to 255, or minus the number of the signal; {@link #UNKNOWN} where nobody can tell
     * @param leftovers descendants it left behind
     * @param usage null where it is not known or was not asked for
     */
    record Exit(
            long incarnation,
            int code,
            long timeMicros,
            int leftovers,
            @Nullable Usage usage) implements Frame {
        /** One of which nobody knows what it has used. */
        public Exit(long incarnation, int code, long timeMicros, int leftovers) {
            this(incarnation, code, timeMicros, leftovers, null);
        }

        /** The code of one that a kernel had started which was killed: another one saw only that it ended. */
        public static final int UNKNOWN = -255;

        /** The same where waitpid(2) would give a status. */
        public static final int UNKNOWN_STATUS = Integer.MIN_VALUE;
    }

    /** Both pipes are at their end and everything was sent. */
    record End(long incarnation) implements Frame {}

    /** The last descendant that was left behind has gone. */
    record Gone(long incarnation) implements Frame {}

    /** Somebody has connected to this socket, and waits to be served. */
    record Knock(String name) implements Frame {
        @Override
        public long incarnation() {
            return 0;
        }
    }

    /** What {@code copies show} tells of this lease is something else than before. */
    record Copies(String lease) implements Frame {
        @Override
        public long incarnation() {
            return 0;
        }
    }
}

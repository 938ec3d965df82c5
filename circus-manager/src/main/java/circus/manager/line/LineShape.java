package circus.manager.line;

import java.time.ZoneId;

/** Puts the bytes of one stream into the shape of its layout. One thread at a time. */
public interface LineShape {
    /** Takes bytes in the shape in which they are to stand. */
    interface Target {
        void append(byte[] source, int from, int to);
    }

    /**
     * Shapes a line, or a part of one; a line feed is at its end or nowhere. Where {@link #takesRuns}, many lines.
     *
     * @param micros when the first of these bytes was captured
     * @param begins whether a line begins with them
     */
    void shape(Target target, long micros, byte[] source, int from, int to, boolean begins);

    /** Whether nothing is put between lines, so that many can be shaped as one. */
    default boolean takesRuns() {
        return false;
    }

    /** Whether every part of a line becomes a line of its own, which nobody can go on with. */
    default boolean endsEveryPart() {
        return false;
    }

    /** The line that stands for bytes that were dropped, a char for each byte. */
    default String notice(long lost, long firstMicros, long lastMicros, ZoneId zone) {
        return LossNotice.text(lost, firstMicros, lastMicros, zone);
    }

    /** Bytes as they are. */
    LineShape PLAIN = new LineShape() {
        @Override
        public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
            target.append(source, from, to);
        }

        @Override
        public boolean takesRuns() {
            return true;
        }
    };
}

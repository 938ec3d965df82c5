package circus.manager.line;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The {@code TIME [web.1 4711] | } in front of each line of one process. One thread at a time. */
public final class LinePrefix implements LineShape {
    private final @Nullable TimeFormat time;
    private final String mark;
    private long lastMicros = Long.MIN_VALUE;
    private byte[] last = new byte[0];

    /**
     * @param time null for none
     * @param mark what stands behind the time ({@link Layout#mark})
     */
    LinePrefix(@Nullable TimeFormat time, String mark) {
        this.time = time;
        this.mark = mark;
    }

    /** The same array for the same time: lines of one chunk share it. */
    public byte[] at(long micros) {
        if (micros != lastMicros) {
            last = text(micros).getBytes(StandardCharsets.UTF_8);
            lastMicros = micros;
        }
        return last;
    }

    private String text(long micros) {
        return time == null ? mark : time.at(micros) + " " + mark;
    }

    @Override
    public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
        if (begins) {
            byte[] prefix = at(micros);
            target.append(prefix, 0, prefix.length);
        }
        target.append(source, from, to);
    }
}

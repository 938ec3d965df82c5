package circus.manager.output;

import java.nio.charset.StandardCharsets;

/** The {@code TIME [PID] | } in front of each line of one process. One thread at a time. */
final class LinePrefix {
    private final TimeFormat time;
    private final int pid;
    private long lastMicros = Long.MIN_VALUE;
    private byte[] last = new byte[0];

    LinePrefix(TimeFormat time, int pid) {
        this.time = time;
        this.pid = pid;
    }

    /** The same array for the same time: lines of one chunk share it. */
    byte[] at(long micros) {
        if (micros != lastMicros) {
            last = (time.at(micros) + " " + mark(pid)).getBytes(StandardCharsets.UTF_8);
            lastMicros = micros;
        }
        return last;
    }

    String format() {
        return time.format();
    }

    /** By what the end of the prefix is recognised in a file. */
    static String mark(int pid) {
        return "[" + pid + "] | ";
    }
}

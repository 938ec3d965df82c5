package papa.upgrade;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import papa.loop.EventLoop;
import papa.posix.Posix;

/** What comes from a pipe, up to so many bytes; what is beyond is thrown away. Loop thread only. */
final class LastWords {
    private static final int READ_AT_ONCE = 64 * 1024;

    private final Posix posix;
    private final EventLoop loop;
    private final int most;
    private final long buffer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int pipe;
    private boolean tooMuch;

    /** @param pipe its reading end, which does not block; ours from now on */
    LastWords(Posix posix, EventLoop loop, int pipe, int most) {
        this.posix = posix;
        this.loop = loop;
        this.pipe = pipe;
        this.most = most;
        this.buffer = posix.allocate(READ_AT_ONCE);
    }

    /** Reads what comes, so that who writes need not wait; a negated errno if that cannot be. */
    int begin() {
        return loop.add(pipe, Posix.EPOLLIN, events -> read());
    }

    private void read() {
        long count = posix.read(pipe, buffer, READ_AT_ONCE);
        while (count > 0) {
            byte[] read = new byte[(int) Math.min(count, most - bytes.size())];
            posix.getBytes(buffer, read, 0, read.length);
            bytes.write(read, 0, read.length);
            tooMuch |= read.length < count;
            count = posix.read(pipe, buffer, READ_AT_ONCE);
        }
        if (count == 0) {
            loop.remove(pipe); // at its end; it stays ready
        }
    }

    /** Whether there was more than is kept. */
    boolean isTooMuch() {
        return tooMuch;
    }

    /** All that has come. A byte string; it is closed. */
    String end() {
        if (pipe >= 0) {
            read();
            close();
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    void close() {
        if (pipe >= 0) {
            loop.remove(pipe);
            posix.close(pipe);
            posix.free(buffer);
            pipe = -1;
        }
    }
}

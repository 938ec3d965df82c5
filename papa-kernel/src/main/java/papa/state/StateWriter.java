package papa.state;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Words;

/**
 * Writes a state into a file, in pieces, so that it takes no more of the heap than its longest line. The first write that
 * fails is remembered, and told by {@link #finish}; whatever comes after it is passed over. Loop thread only.
 */
public final class StateWriter implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final Posix posix;
    private final int fd;
    private final long buffer;
    private final Set<Integer> kept = new TreeSet<>();
    private final Line line = new Line();
    private int filled;
    private long lines;
    private long failure;
    private long written;

    /** @param program the version of the program that writes */
    public StateWriter(Posix posix, int fd, String program) {
        this.posix = posix;
        this.fd = fd;
        this.buffer = posix.allocate(BUFFER);
        this.failure = buffer == 0 ? Errno.ENOMEM.negated() : 0;
        line("papa-state")
                .put("version", StateVersion.WRITTEN)
                .put("readable-by", StateVersion.READABLE_BY)
                .put("program", program)
                .end();
    }

    /** Begins a line of a kind, which ends with {@link Line#end}. One at a time. */
    public Line line(String kind) {
        line.text.setLength(0);
        line.text.append(kind);
        return line;
    }

    /** The line that is being written. Texts are byte strings. */
    public final class Line {
        private final StringBuilder text = new StringBuilder();

        private Line() {}

        public Line put(String key, String value) {
            text.append(' ').append(key).append('=').append(Words.quote(value));
            return this;
        }

        public Line put(String key, long value) {
            text.append(' ').append(key).append('=').append(value);
            return this;
        }

        /** Nothing where it is false. */
        public Line flag(String key, boolean value) {
            return value ? put(key, 1) : this;
        }

        public Line choice(String key, Enum<?> value) {
            return put(key, value.name());
        }

        /** All values under one key. */
        public Line putAll(String key, Iterable<String> values) {
            for (String each : values) {
                put(key, each);
            }
            return this;
        }

        /** Under one key, NAME=VALUE each; no name may have an equals sign in it. */
        public Line putMap(String key, Map<String, String> values) {
            values.forEach((name, value) -> put(key, name + "=" + value));
            return this;
        }

        /** Numbers that belong together, under one key. */
        public Line tuple(String key, long... numbers) {
            text.append(' ').append(key).append('=');
            for (int i = 0; i < numbers.length; i++) {
                text.append(i == 0 ? "" : ":").append(numbers[i]);
            }
            return this;
        }

        /** A descriptor that the next program is to have under the same number; a negative one stands for none. */
        public Line descriptor(String key, int number) {
            if (number >= 0) {
                kept.add(number);
            }
            return put(key, Math.max(-1, number));
        }

        public void end() {
            lines++;
            write(text.append('\n'));
        }
    }

    private void write(CharSequence text) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length && failure == 0; ) {
            int count = Math.min(bytes.length - at, BUFFER - filled);
            posix.putBytes(buffer + filled, bytes, at, count);
            filled += count;
            at += count;
            if (filled == BUFFER) {
                flush();
            }
        }
    }

    /** Writes what is buffered; 0, or the negated errno of what went wrong first. */
    public int sync() {
        flush();
        return (int) failure;
    }

    /** Bytes written so far, besides what is buffered. */
    public long written() {
        return written;
    }

    private void flush() {
        int from = 0;
        while (from < filled && failure == 0) {
            long count = posix.write(fd, buffer + from, filled - from);
            if (count < 0 && !Errno.EINTR.is(count)) {
                failure = count;
            }
            from += (int) Math.max(0, count);
            written += Math.max(0, count);
        }
        filled = 0;
    }

    /** Writes the last line; 0, or the negated errno of what went wrong first. */
    public int finish() {
        line("end").put("lines", lines).end();
        flush();
        return (int) failure;
    }

    /** The descriptors that the lines name, in their order. */
    public Set<Integer> kept() {
        return kept;
    }

    @Override
    public void close() {
        posix.free(buffer);
    }
}

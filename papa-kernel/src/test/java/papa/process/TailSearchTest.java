package papa.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.wire.Frame.Channel;

/** Where the last lines and bytes of two streams begin, against a plain model. */
class TailSearchTest {
    private static final Posix posix = new NativePosix();
    private static final long memory = posix.allocate(64 * 1024);

    /** One stream, and what the model knows of it. */
    private static final class Stream {
        private final int[] pipe = new int[2];
        private final StringBuilder text = new StringBuilder();
        private final Capture capture;

        private Stream(Arena arena, Incarnation owner, Channel channel) {
            posix.pipe(pipe);
            capture = new Capture(posix, arena, owner, channel, pipe[0]);
            owner.captures.add(capture);
        }
    }

    private final Arena arena;
    private final List<Stream> streams = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private final List<Integer> writers = new ArrayList<>();
    private final byte[] scratch = new byte[Arena.BLOCK];

    TailSearchTest() throws PosixException {
        arena = new Arena(posix, 8L * 1024 * 1024);
        Incarnation owner = Owner.of(1);
        streams.add(new Stream(arena, owner, Channel.OUT));
        streams.add(new Stream(arena, owner, Channel.ERR));
    }

    private void write(int which, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(memory, bytes, 0, bytes.length);
        Stream stream = streams.get(which);
        assertThat(posix.write(stream.pipe[1], memory, bytes.length)).isEqualTo(bytes.length);
        long before = stream.capture.end();
        while (stream.capture.end() < before + bytes.length) {
            long start = stream.capture.end();
            stream.capture.read(written.size() + 1, 1000 + written.size());
            written.add(text.substring((int) (start - before), (int) (stream.capture.end() - before)));
            writers.add(which);
        }
        stream.text.append(text);
    }

    @Property(tries = 150)
    void it_finds_what_the_model_finds(@ForAll long seed) throws PosixException {
        TailSearchTest fresh = new TailSearchTest();
        fresh.play(new Random(seed));
        for (Stream stream : fresh.streams) {
            posix.close(stream.pipe[0]);
            posix.close(stream.pipe[1]);
        }
    }

    private void play(Random random) {
        int chunks = random.nextInt(60);
        for (int i = 0; i < chunks; i++) {
            write(random.nextInt(2), text(random));
        }
        for (int i = 0; i < 4; i++) {
            boolean inLines = random.nextBoolean();
            long wanted = random.nextInt(inLines ? 30 : 40_000);
            List<Capture> captures = streams.stream().map(each -> each.capture).toList();
            TailSearch search = new TailSearch(posix, scratch, captures, inLines, wanted);
            while (search.look(random.nextInt(2000)) < 0) {
                assertThat(search.lanes()).hasSize(2);
            }
            for (int which = 0; which < 2; which++) {
                long expected = inLines ? beginOfLines(which, wanted) : beginOfBytes(which, wanted);
                assertThat(search.lanes().get(which).begin).isEqualTo(expected);
            }
            // What is freed between two searches is not found again.
            Stream some = streams.get(random.nextInt(2));
            some.capture.commit(random.nextInt(some.text.length() + 1) / 2);
        }
    }

    private long base(int which) {
        return streams.get(which).capture.base();
    }

    /** Every line end of what is held, in the order of capture, newest first. */
    private long beginOfLines(int which, long wanted) {
        long[] ends = {streams.get(0).text.length(), streams.get(1).text.length()};
        long[] starts = ends.clone();
        boolean[] seen = new boolean[2];
        long left = wanted;
        for (int chunk = written.size() - 1; chunk >= 0; chunk--) {
            int writer = writers.get(chunk);
            String text = written.get(chunk);
            ends[writer] -= text.length();
            for (int i = text.length() - 1; i >= 0; i--) {
                long offset = ends[writer] + i;
                boolean isEnd = text.charAt(i) == '\n' || !seen[writer];
                seen[writer] = true;
                if (offset >= base(writer) && isEnd && left > 0) {
                    left--;
                    String before = streams.get(writer).text.substring(0, (int) offset);
                    starts[writer] = Math.max(base(writer), before.lastIndexOf('\n') + 1);
                }
            }
        }
        return starts[which];
    }

    private long beginOfBytes(int which, long wanted) {
        long[] starts = {streams.get(0).text.length(), streams.get(1).text.length()};
        long[] at = starts.clone();
        long left = wanted;
        for (int chunk = written.size() - 1; chunk >= 0; chunk--) {
            int writer = writers.get(chunk);
            long end = at[writer];
            at[writer] -= written.get(chunk).length();
            long taken = Math.max(0, Math.min(left, end - Math.max(at[writer], base(writer))));
            starts[writer] = taken > 0 ? end - taken : starts[writer];
            left -= taken;
        }
        return starts[which];
    }

    private static String text(Random random) {
        int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 20_000 : 40);
        int lineLength = 1 + random.nextInt(100);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(lineLength) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}

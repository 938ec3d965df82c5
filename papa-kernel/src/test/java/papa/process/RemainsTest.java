package papa.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/** What can be told of a stream from the memory alone, as if its kernel had been killed just now. */
@Timeout(60)
final class RemainsTest {
    private static final int BLOCKS = 64;

    private final Posix posix = new NativePosix();
    private final long scratch = posix.allocate(64 * 1024);
    private final Arena arena = new Arena(posix, (long) BLOCKS * Arena.BLOCK);
    private final int[] ends = new int[2];
    private final Capture capture;
    private long rank;

    RemainsTest() throws PosixException {
        posix.pipe(ends);
        capture = new Capture(posix, arena, Owner.of(7), Channel.ERR, ends[0]);
    }

    @AfterEach
    void close() {
        posix.close(ends[0]);
        posix.close(ends[1]);
        posix.close(arena.file());
        posix.free(scratch);
    }

    private void write(int length) {
        posix.putBytes(scratch, "x".repeat(length).getBytes(StandardCharsets.US_ASCII), 0, length);
        assertThat(posix.write(ends[1], scratch, length)).isEqualTo(length);
        Capture.Progress progress = Capture.Progress.MORE_MAY_COME;
        while (progress == Capture.Progress.MORE_MAY_COME) {
            progress = capture.read(++rank, 1000 + rank);
        }
    }

    private Remains found(long committed) throws IOException {
        Remains remains = new Remains(committed);
        try (FileChannel file = FileChannel.open(Path.of("/proc/self/fd/" + arena.file()))) {
            ByteBuffer directory = read(file, (long) BLOCKS * Arena.BLOCK, BLOCKS * Arena.ENTRY);
            List<Remains.Block> own = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++) {
                if (directory.getLong(i * Arena.ENTRY) == Remains.key(1, Channel.ERR)) {
                    own.add(new Remains.Block(i, directory.getLong(i * Arena.ENTRY + 8)));
                }
            }
            own.sort(Comparator.comparingLong(Remains.Block::start));
            for (Remains.Block each : own) {
                assertThat(remains.add(each, read(file, (long) each.index() * Arena.BLOCK, Arena.BLOCK)))
                        .isTrue();
            }
        }
        return remains;
    }

    private static ByteBuffer read(FileChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {}
        return bytes.clear();
    }

    /** The keys that tell where everything is, as they stand in a state; without what memory does not tell. */
    private String told(Remains remains) throws IOException {
        int fd = posix.memoryFile("remains-test", 0);
        try (StateWriter out = new StateWriter(posix, fd, "0")) {
            StateWriter.Line line = out.line("capture");
            remains.put(line, 0, 0, 0);
            line.end();
            SavedCapture.save(out, posix, capture);
            assertThat(out.finish()).isZero();
        }
        List<String> lines = Files.readAllLines(Path.of("/proc/self/fd/" + fd), StandardCharsets.ISO_8859_1);
        posix.close(fd);
        assertThat(where(lines.get(1))).isEqualTo(where(lines.get(2)));
        return where(lines.get(1));
    }

    private static String where(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            if (word.matches("(head-at|record-start|base|committed|end|block)=.*")) {
                words.add(word);
            }
        }
        return String.join(" ", words);
    }

    @Test
    void all_chunks_of_all_blocks_are_found() throws IOException {
        for (int i = 0; i < 40; i++) {
            write(3000 + 37 * i);
        }
        Remains remains = found(0);
        assertThat(told(remains)).contains("base=0", "end=" + capture.end());
        assertThat(remains.newestRank()).isPositive().isLessThanOrEqualTo(rank);
        assertThat(remains.unsealed()).isEqualTo(-1);
    }

    @Test
    void what_is_committed_is_not_among_them_be_it_within_a_chunk() throws IOException {
        for (int i = 0; i < 40; i++) {
            write(3000 + 37 * i);
        }
        for (long offset : new long[] {1, 2999, 3000, 3001, 20_000, 45_000, 100_000}) {
            capture.commit(offset);
            assertThat(told(found(offset))).contains("base=" + offset, "committed=" + offset);
        }
        capture.commit(capture.end());
        assertThat(found(capture.end())).isNotNull();
        assertThat(arena.used()).isZero();
    }

    @Test
    void a_block_that_was_used_before_shows_nothing_of_that() throws IOException {
        write(16_000);
        capture.commit(16_000);
        write(10);
        assertThat(told(found(16_000))).contains("base=16000", "end=16010");
    }

    @Test
    void what_was_read_and_not_sealed_is_found_to_its_last_byte() throws IOException {
        write(100);
        long end = capture.end();
        BlockChain.Block block = capture.chain.head();
        byte[] read = "read and not sealed\n".getBytes(StandardCharsets.US_ASCII);
        posix.putBytes(capture.chain.bytes(block, block.fill), read, 0, read.length);

        Remains remains = found(0);

        assertThat(remains.unsealed()).isEqualTo(block.fill);
        ByteBuffer header = remains.seal(9, 5).order(ByteOrder.nativeOrder());
        assertThat(header.getInt(0)).isEqualTo(read.length);
        assertThat(header.getLong(4)).isEqualTo(9);
        capture.chain.seal(block, read.length, 9, 5);
        Remains sealed = found(0);
        assertThat(sealed.unsealed()).isEqualTo(-1);
        assertThat(sealed.newestRank()).isEqualTo(9);
        assertThat(end).isEqualTo(100);
    }
}

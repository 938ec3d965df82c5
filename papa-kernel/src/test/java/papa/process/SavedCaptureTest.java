package papa.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/** A stream that is saved and restored, as it was, and with anything wrong in what was saved or in the memory. */
@Timeout(60)
final class SavedCaptureTest {
    private static final long NEWEST = 1_000_000;

    private final Posix posix = new NativePosix();
    private final long scratch = posix.allocate(64 * 1024);
    private final Arena arena = new Arena(posix, 1024 * 1024);
    private final int[] ends = new int[2];
    private final List<Integer> files = new ArrayList<>();
    private final Capture capture;
    private long rank;

    SavedCaptureTest() throws PosixException {
        posix.pipe(ends);
        capture = new Capture(posix, arena, Owner.of(2), Channel.OUT, ends[0]);
        for (int i = 0; i < 12; i++) {
            write(3000 + 37 * i);
        }
    }

    @AfterEach
    void close() {
        posix.close(ends[0]);
        posix.close(ends[1]);
        files.forEach(posix::close);
        posix.free(scratch);
    }

    private void write(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        posix.putBytes(scratch, bytes, 0, length);
        assertThat(posix.write(ends[1], scratch, length)).isEqualTo(length);
        Capture.Progress progress = Capture.Progress.MORE_MAY_COME;
        while (progress == Capture.Progress.MORE_MAY_COME) {
            progress = capture.read(++rank, 1000 + rank);
        }
    }

    /** The text of a state with this stream in it. */
    private String saved() throws IOException {
        int file = file();
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            arena.save(writer);
            SavedCapture.save(writer, posix, capture);
            assertThat(writer.finish()).isZero();
        }
        return Files.readString(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1);
    }

    private int file() {
        int file = posix.memoryFile("state-test", 0);
        files.add(file);
        return file;
    }

    private Capture restored(String text) throws IOException, StateException {
        return restored(text, Arena.toRestore(posix));
    }

    private Capture restored(String text, Arena memory) throws IOException, StateException {
        int file = file();
        Files.writeString(Path.of("/proc/self/fd/" + file), text, StandardCharsets.ISO_8859_1);
        List<Capture> found = new ArrayList<>();
        StateReader reader = new StateReader(posix);
        reader.on("arena", memory::restore);
        reader.on("capture", line -> found.add(SavedCapture.restore(line, posix, memory, Owner.of(2), NEWEST)));
        reader.read(file);
        memory.restored();
        return found.get(0);
    }

    private static String bytes(Posix posix, Capture capture) {
        Cursor cursor = new Cursor(capture, each -> {});
        capture.seek(cursor, capture.base());
        StringBuilder all = new StringBuilder();
        while (cursor.hasData()) {
            byte[] some = new byte[cursor.length()];
            posix.getBytes(cursor.bytes(), some, 0, some.length);
            all.append(cursor.offset())
                    .append('@')
                    .append(cursor.rank())
                    .append('@')
                    .append(cursor.time());
            all.append(new String(some, StandardCharsets.ISO_8859_1));
            cursor.next();
        }
        return all.toString();
    }

    @Test
    void how_long_its_process_is_to_wait_goes_with_it() throws Exception {
        write(10);
        assertThat(restored(saved()).backlog.blocks()).isFalse();
        capture.backlog.overflow(Backlog.NEVER);
        capture.backlog.heldBack = true;
        Backlog again = restored(saved()).backlog;
        assertThat(again.blocks()).isTrue();
        assertThat(again.heldBack).isTrue();
    }

    @Test
    void all_of_it_comes_back() throws Exception {
        for (int step = 0; step < 4; step++) {
            Capture again = restored(saved());
            assertThat(again.position()).isEqualTo(capture.position());
            assertThat(bytes(posix, again)).isEqualTo(bytes(posix, capture));
            assertThat(again.firstTimeOfGap(again.committed())).isEqualTo(capture.firstTimeOfGap(capture.committed()));
            switch (step) {
                case 0 -> capture.commit(4500);
                case 1 -> capture.dropOldest();
                default -> capture.clear();
            }
        }
    }

    @Test
    void what_is_restored_goes_on_and_gives_back_what_is_its_own() throws Exception {
        capture.commit(10_000);
        Capture again = restored(saved());
        posix.putBytes(scratch, new byte[5000], 0, 5000);
        posix.write(ends[1], scratch, 5000);
        assertThat(again.read(++rank, 7)).isIn(Capture.Progress.NOTHING_NOW, Capture.Progress.MORE_MAY_COME);
        assertThat(again.end()).isGreaterThan(capture.end());
        again.clear();
        assertThat(again.blocks()).isZero();
    }

    @Test
    void free_blocks_are_those_that_nobody_has() throws Exception {
        capture.commit(20_000);
        int file = file();
        Files.writeString(Path.of("/proc/self/fd/" + file), saved(), StandardCharsets.ISO_8859_1);
        Arena memory = Arena.toRestore(posix);
        StateReader reader = new StateReader(posix);
        reader.on("arena", memory::restore);
        reader.on("capture", line -> SavedCapture.restore(line, posix, memory, Owner.of(2), NEWEST));
        reader.read(file);
        memory.restored();
        memory.resume();
        assertThat(memory.used()).isEqualTo(arena.used());
        assertThat(memory.size()).isEqualTo(arena.size());
        assertThat(memory.available()).isEqualTo(arena.available());
    }

    @Test
    void a_file_that_is_shorter_than_the_memory_is_left_as_it_is() throws Exception {
        int file = file();
        Path path = Path.of("/proc/self/fd/" + file);
        String text = saved().replaceFirst("arena file=\\d+", "arena file=" + file);
        Files.writeString(path, "another's", StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> restored(text)).hasMessageContaining("cannot be mapped");
        assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).isEqualTo("another's");
    }

    @Test
    void anything_wrong_is_told_and_leads_nowhere() throws Exception {
        capture.commit(4500);
        String good = saved();
        String[][] changes = {
            {" head-at=\\d+", " head-at=8"},
            {" head-at=\\d+", " head-at=7"},
            {" head-at=\\d+", " head-at=16384"},
            {" record-start=\\d+", " record-start=0"},
            {" record-start=\\d+", " record-start=9"},
            {" base=\\d+", " base=1"},
            {" base=\\d+", " base=7000"},
            {" committed=\\d+", " committed=-1"},
            {" committed=\\d+", " committed=4501"},
            {" end=\\d+", " end=5000"},
            {" end=\\d+", " end=9223372036854775807"},
            {" dropped=\\d+", " dropped=99999999"},
            {" forgotten-rank=\\d+", " forgotten-rank=1000001"},
            {" channel=OUT", " channel=IN"},
            {" inode=\\d+", " inode=1"},
            {" pipe=\\d+", " pipe=" + files.get(0)},
            {" block=\\d+:", " block=64:"},
            {" block=\\d+:", " block=-1:"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:$2"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:$2:16385"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:$2:0"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:$2:$3$3"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:99999$2:$3"},
            {" block=(\\d+):(\\d+):(\\d+)", " block=$1:$2:40"},
            {"( block=\\S+)( block=\\S+)", "$1$1"},
            {"( block=\\S+)( block=\\S+)", "$2$1"},
            {"( block=\\S+)( block=\\S+)", "$1"},
            {"( block=\\S+)+", ""},
            {" used=\\d+", " used=1"},
            {" used=\\d+", " used=65"},
            {" blocks=\\d+", " blocks=2147483647"},
            {" file=\\d+", " file=" + ends[1]},
        };
        for (String[] change : changes) {
            String wrong = good.replaceFirst(change[0], change[1]);
            assertThat(wrong).as(change[0]).isNotEqualTo(good);
            assertThatThrownBy(() -> restored(wrong))
                    .as(change[0] + " -> " + change[1])
                    .isInstanceOf(StateException.class)
                    .hasMessageStartingWith("cannot read");
        }
        assertThat(restored(good).end()).isEqualTo(capture.end());
    }

    @Test
    void chunks_that_are_none_are_told_wherever_they_are() throws Exception {
        String good = saved();
        BlockChain.Block block = capture.chain.oldest();
        while (block != null) {
            for (int at : capture.chain.chunks(block)) {
                long chunk = arena.address(block.index) + at;
                int length = posix.getInt(chunk);
                for (int wrong : new int[] {0, -1, 8, length + 8, 16_384, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                    posix.putInt(chunk, wrong);
                    assertThatThrownBy(() -> restored(good))
                            .as("length " + wrong)
                            .isInstanceOf(StateException.class);
                }
                posix.putInt(chunk, length);
                long its = posix.getLong(chunk + 4);
                for (long wrong : new long[] {0, -1, NEWEST + 1, Long.MIN_VALUE}) {
                    posix.putLong(chunk + 4, wrong);
                    assertThatThrownBy(() -> restored(good)).isInstanceOf(StateException.class);
                }
                posix.putLong(chunk + 4, its);
            }
            block = block.next;
        }
        assertThat(restored(good).end()).isEqualTo(capture.end());
    }

    @Test
    void while_the_kernel_goes_on_writing_it_is_shown_all_the_same_that_it_could_be_restored() throws Exception {
        String good = saved();
        capture.clear();
        for (int i = 0; i < 40; i++) {
            write(1 + 17 * i);
            capture.commit(capture.end() - 10);
        }
        assertThatThrownBy(() -> restored(good)).isInstanceOf(StateException.class);
        Capture shown = restored(good, Arena.toProve(posix));
        Cursor cursor = new Cursor(shown, each -> {});
        shown.seek(cursor, shown.base() + 5000);
        assertThat(cursor.hasData()).isFalse();
    }
}

package papa.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.wire.Frame.Channel;

/** A capture fed through real pipes, against a plain model of what it must hold. */
class CaptureTest {
    private static final Posix posix = new NativePosix();
    private static final long scratch = posix.allocate(64 * 1024);

    private final Arena arena = arena();
    private final Capture capture;
    private final int writingEnd;
    private long rank;

    CaptureTest() {
        int[] ends = new int[2];
        posix.pipe(ends);
        writingEnd = ends[1];
        Incarnation owner = Owner.of(1);
        capture = new Capture(posix, arena, owner, Channel.OUT, ends[0]);
        owner.captures.add(capture);
    }

    private static Arena arena() {
        try {
            return new Arena(posix, 4L * 1024 * 1024);
        } catch (PosixException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(scratch, bytes, 0, bytes.length);
        assertThat(posix.write(writingEnd, scratch, bytes.length)).isEqualTo(bytes.length);
        Capture.Progress progress = Capture.Progress.MORE_MAY_COME;
        while (progress == Capture.Progress.MORE_MAY_COME) {
            progress = capture.read(++rank, 1000 + rank);
        }
    }

    private Cursor cursorAt(long offset) {
        Cursor cursor = new Cursor(capture, each -> {});
        capture.cursors.add(cursor);
        capture.seek(cursor, offset);
        return cursor;
    }

    private static String read(Cursor cursor) {
        StringBuilder text = new StringBuilder();
        while (cursor.hasGap() || cursor.hasData()) {
            if (cursor.hasGap()) {
                text.append('…');
                cursor.skipGap();
            } else {
                byte[] bytes = new byte[cursor.length()];
                posix.getBytes(cursor.bytes(), bytes, 0, bytes.length);
                text.append(new String(bytes, StandardCharsets.ISO_8859_1));
                cursor.next();
            }
        }
        return text.toString();
    }

    @Test
    void a_reader_starts_in_the_middle_of_a_chunk() {
        write("hello world");
        assertThat(read(cursorAt(6))).isEqualTo("world");
    }

    @Test
    void a_reader_that_waits_gets_what_comes() {
        Cursor cursor = cursorAt(0);
        write("one");
        write("two");
        assertThat(read(cursor)).isEqualTo("onetwo");
        write("three");
        assertThat(read(cursor)).isEqualTo("three");
    }

    @Test
    void what_was_dropped_is_told_with_its_place_and_its_times() {
        write("one");
        write("two");
        write("three");
        Cursor cursor = cursorAt(1);
        capture.dropOldest();
        capture.dropOldest();
        assertThat(cursor.hasGap()).isTrue();
        assertThat(capture.base()).isEqualTo(6);
        assertThat(cursor.gapFirst()).isEqualTo(1001);
        assertThat(cursor.gapLast()).isEqualTo(1002);
        assertThat(capture.droppedTotal()).isEqualTo(6);
        assertThat(read(cursor)).isEqualTo("…three");
    }

    @Test
    void a_second_gap_has_times_of_its_own_for_who_was_told_of_the_first() {
        write("one");
        Cursor live = cursorAt(0);
        capture.dropOldest();
        live.skipGap();
        write("two");
        write("three");
        write("four");
        capture.dropOldest();
        capture.dropOldest();
        assertThat(live.gapFirst()).isEqualTo(1002);
        assertThat(live.gapLast()).isEqualTo(1003);
        Cursor replay = cursorAt(0);
        assertThat(replay.gapFirst()).isEqualTo(1001);
        capture.commit(3);
        Cursor again = cursorAt(3);
        assertThat(again.gapFirst()).isEqualTo(live.gapFirst());
        assertThat(again.gapLast()).isEqualTo(live.gapLast());
        assertThat(again.rank()).isEqualTo(live.rank());
    }

    @Test
    void a_reader_that_others_freed_the_bytes_of_is_told_when_they_were_captured() {
        write("one");
        write("two");
        write("three");
        Cursor slow = cursorAt(3);
        capture.commit(8);
        assertThat(slow.hasGap()).isTrue();
        assertThat(slow.gapFirst()).isEqualTo(1002);
        assertThat(slow.gapLast()).isEqualTo(1003);
        assertThat(read(slow)).isEqualTo("…ree");
    }

    @Test
    void runs_of_losses_without_end_are_told_with_a_time_that_is_no_lie() {
        write("x");
        Cursor live = cursorAt(0);
        for (int i = 0; i < 3 * Losses.MOST; i++) {
            capture.dropOldest();
            live.skipGap();
            write("x");
        }
        capture.dropOldest();
        long offset = capture.base() - 1;
        assertThat(live.gapFirst()).isEqualTo(1001 + offset);
        assertThat(cursorAt(offset).gapFirst()).isBetween(1001L, 1001 + offset);
        capture.commit(offset);
        assertThat(cursorAt(offset).gapFirst()).isBetween(1001L, 1001 + offset);
        capture.commit(capture.end());
        write("y");
        capture.dropOldest();
        assertThat(cursorAt(capture.base() - 1).gapFirst()).isEqualTo(capture.forgottenTime());
    }

    @Test
    void a_gap_has_the_place_of_the_last_chunk_missing_whatever_comes_behind_it() {
        write("one");
        long missing = capture.oldestRank();
        capture.dropOldest();
        Cursor cursor = cursorAt(0);
        assertThat(cursor.rank()).isEqualTo(missing);
        write("two");
        assertThat(cursor.rank()).isEqualTo(missing).isLessThan(capture.oldestRank());
    }

    @Test
    void commits_beyond_the_end_before_the_base_and_inside_a_gap_and_a_chunk() {
        write("one");
        write("two");
        write("three");
        capture.dropOldest();
        capture.commit(1);
        assertThat(capture.base()).isEqualTo(3);
        assertThat(capture.committed()).isEqualTo(1);
        assertThat(read(cursorAt(1))).isEqualTo("…twothree");
        capture.commit(0);
        assertThat(capture.committed()).isEqualTo(1);
        capture.commit(5);
        assertThat(capture.base()).isEqualTo(5);
        assertThat(read(cursorAt(5))).isEqualTo("othree");
        capture.dropOldest();
        assertThat(capture.droppedTotal()).isEqualTo(4);
        capture.commit(1_000);
        assertThat(capture.committed()).isEqualTo(11).isEqualTo(capture.end());
        assertThat(arena.used()).isZero();
    }

    @Test
    void a_read_that_filled_a_block_to_its_last_byte_leaves_no_empty_one_behind() {
        write("x".repeat(Arena.BLOCK - BlockChain.HEADER)); // all that a block holds besides the chunk's head
        assertThat(arena.used()).isEqualTo(1);
        capture.commit(Arena.BLOCK - BlockChain.HEADER);
        assertThat(arena.used()).isZero();
        write("more");
        assertThat(read(cursorAt(Arena.BLOCK - BlockChain.HEADER))).isEqualTo("more");
    }

    @Test
    void a_reader_may_take_a_part_of_a_chunk() {
        write("hello world");
        Cursor cursor = cursorAt(0);
        cursor.advance(6);
        assertThat(cursor.length()).isEqualTo(5);
        cursor.advance(5);
        assertThat(cursor.hasData()).isFalse();
    }

    @Test
    void a_stream_with_nothing_uncommitted_takes_no_memory() {
        write("x".repeat(50_000));
        assertThat(arena.used()).isPositive();
        capture.commit(50_000);
        assertThat(arena.used()).isZero();
        write("more");
        assertThat(read(cursorAt(50_000))).isEqualTo("more");
    }

    @Test
    void the_end_of_the_pipe_is_seen() {
        posix.close(writingEnd);
        assertThat(capture.read(1, 1)).isEqualTo(Capture.Progress.AT_END);
        assertThat(arena.used()).isZero();
    }

    /** Whatever is written, committed, dropped and read in whatever order: each reader gets what the model says. */
    @Property(tries = 200)
    void readers_get_every_byte_that_was_not_dropped(@ForAll long seed) {
        CaptureTest fresh = new CaptureTest();
        fresh.playAgainstModel(new Random(seed));
        posix.close(fresh.writingEnd);
        posix.close(fresh.capture.pipe);
    }

    private void playAgainstModel(Random random) {
        StringBuilder model = new StringBuilder();
        List<Cursor> cursors = new ArrayList<>();
        List<Long> places = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    String text = text(random, 1 + random.nextInt(random.nextBoolean() ? 20 : 40_000));
                    model.append(text);
                    write(text);
                }
                case 3 -> capture.commit(random.nextInt(model.length() + 1));
                case 4 -> {
                    if (capture.held() > 0) {
                        capture.dropOldest();
                    }
                }
                default -> {
                    long place = random.nextInt(model.length() + 1);
                    cursors.add(cursorAt(place));
                    places.add(place);
                }
            }
            checkOne(random, model, cursors, places);
            assertThat(capture.end()).isEqualTo(model.length());
        }
    }

    private void checkOne(Random random, StringBuilder model, List<Cursor> cursors, List<Long> places) {
        if (cursors.isEmpty()) {
            return;
        }
        int which = random.nextInt(cursors.size());
        long place = places.get(which);
        boolean gap = place < capture.base();
        String expected = (gap ? "…" : "") + model.substring((int) Math.max(place, capture.base()));
        assertThat(read(cursors.get(which))).isEqualTo(expected);
        places.set(which, (long) model.length());
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}

package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.process.Arena;
import papa.process.OutputFlow;
import papa.wire.Frame;

/** Promises 2 and 3 of the design, at the kernel's side: who is held back, what is dropped, what is told. */
@Timeout(60)
class OutputFlowTest {
    /** What a chunk takes in its block besides its bytes. */
    private static final int CHUNK_HEADER = 32;

    private static final String PRINT_100_KB =
            "i=0; while [ $i -lt 1600 ]; do i=$((i+1)); " + "printf '%062d\\n\\n' $i; done";

    private final RunningKernel kernel;

    OutputFlowTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private static long written(String listing) {
        return Long.parseLong(listing.replaceAll("(?s).* out=\\d+:(\\d+).*", "$1"));
    }

    @Test
    void with_no_manager_the_oldest_bytes_go_and_the_reader_is_told_how_many() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start("free", PRINT_100_KB, "bufsize=20k");
        client.until(() -> hasEnded(client, "free"));
        client.call("follow", "output", "free");
        client.until(() -> client.has(Frame.End.class, process));
        Frame.Gap gap = (Frame.Gap) client.frames.stream()
                .filter(Frame.Gap.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(gap.offset()).isZero();
        assertThat(gap.bytes() + client.output(process).length()).isEqualTo(102_400);
        assertThat(client.output(process)).endsWith("1600\n\n").hasSizeLessThanOrEqualTo(20 * 1024);
        assertThat(gap.firstMicros()).isLessThanOrEqualTo(gap.lastMicros());
    }

    private static boolean hasEnded(RunningKernel.Client client, String name) {
        try {
            return client.call("list", "processes", name).contains("state=ended");
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void while_the_lease_holder_commits_a_full_buffer_holds_the_process_back_and_nothing_is_lost() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "held");
        long process = manager.start("held.a", PRINT_100_KB, "bufsize=20k");
        manager.until(() -> writtenBy(manager, "held.a") >= 20 * 1024);
        assertThat(manager.call("list", "processes", "held.a")).contains("state=running");
        manager.call("follow", "output", "held.*");
        manager.until(() -> {
            commit(manager, process);
            return manager.has(Frame.End.class, process);
        });
        assertThat(manager.frames).noneMatch(Frame.Gap.class::isInstance);
        assertThat(manager.output(process)).hasSize(102_400);
    }

    private static long writtenBy(RunningKernel.Client client, String name) {
        try {
            return written(client.call("list", "processes", name));
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void commit(RunningKernel.Client client, long process) {
        try {
            client.call(
                    "commit", "out", "" + process, "" + client.output(process).length());
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void a_holder_that_does_not_commit_for_five_seconds_loses_the_oldest_and_the_process_goes_on() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "slow");
        manager.start("slow.a", PRINT_100_KB, "bufsize=20k");
        long start = System.nanoTime();
        manager.until(() -> hasEnded(manager, "slow.a"));
        assertThat(System.nanoTime() - start).isGreaterThan(OutputFlow.PATIENCE_NANOS * 9 / 10);
        assertThat(written(manager.call("list", "processes", "slow.a"))).isEqualTo(102_400);
    }

    @Test
    void a_holder_that_commits_too_little_to_make_room_still_loses_nothing() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "crawl");
        long process = manager.start("crawl.a", "head -c 100000 /dev/zero", "bufsize=20k");
        manager.until(() -> writtenBy(manager, "crawl.a") >= 20 * 1024);
        long start = System.nanoTime();
        int[] committed = new int[1];
        manager.until(() -> {
            commitTo(manager, process, ++committed[0]);
            LockSupport.parkNanos(100_000_000);
            return System.nanoTime() - start > OutputFlow.PATIENCE_NANOS * 5 / 4;
        });
        assertThat(manager.call("list", "processes", "crawl.a")).contains(" lost=0 ");
    }

    private static void commitTo(RunningKernel.Client client, long process, long offset) {
        try {
            client.call("commit", "out", "" + process, "" + offset);
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void when_the_holder_goes_its_processes_are_let_go_at_once() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "gone");
        manager.start("gone.a", PRINT_100_KB, "bufsize=20k");
        manager.until(() -> writtenBy(manager, "gone.a") >= 20 * 1024);
        manager.channel.close();
        RunningKernel.Client other = kernel.connect();
        long start = System.nanoTime();
        other.until(() -> hasEnded(other, "gone.a"));
        assertThat(System.nanoTime() - start).isLessThan(OutputFlow.PATIENCE_NANOS);
    }

    @Test
    void a_reader_that_does_not_read_holds_nobody_back() throws Exception {
        RunningKernel.Client reader = kernel.connect();
        reader.call("follow", "output", "busy");
        RunningKernel.Client client = kernel.connect();
        client.start("busy", "head -c 5000000 /dev/zero", "bufsize=20k");
        client.until(() -> hasEnded(client, "busy"));
        assertThat(written(client.call("list", "processes", "busy"))).isEqualTo(5_000_000);
    }

    @Test
    void two_streams_arrive_in_the_order_of_their_capture_and_so_they_do_again() throws Exception {
        RunningKernel.Client writer = kernel.connect();
        writer.start("a", "for i in 1 2 3 4 5; do echo a$i; sleep 0.02; done");
        writer.start("b", "for i in 1 2 3 4 5; do echo b$i; sleep 0.013; done");
        RunningKernel.Client live = kernel.connect();
        live.call("follow", "output", "*");
        live.until(
                () -> live.frames.stream().filter(Frame.End.class::isInstance).count() == 2);
        RunningKernel.Client later = kernel.connect();
        later.call("follow", "output", "*");
        later.until(
                () -> later.frames.stream().filter(Frame.End.class::isInstance).count() == 2);
        assertThat(order(later)).isEqualTo(order(live)).hasSizeGreaterThan(5);
    }

    private static List<String> order(RunningKernel.Client client) {
        List<String> order = new ArrayList<>();
        for (Frame frame : client.frames) {
            if (frame instanceof Frame.Data data) {
                order.add(data.incarnation() + ":" + data.offset());
            }
        }
        return order;
    }

    @Test
    void what_comes_line_by_line_is_read_in_turns() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "output", "lines");
        long process = client.start("lines", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo $i; done; sleep 0.1");
        client.until(() -> client.has(Frame.End.class, process));
        assertThat(client.output(process))
                .startsWith("1\n2\n")
                .endsWith("\n2000\n")
                .hasSize(8893);
        long last = 0;
        for (Frame frame : client.frames) {
            if (frame instanceof Frame.Data data) {
                assertThat(data.timeMicros() - last).isGreaterThan(15_000);
                last = data.timeMicros();
            }
        }
    }

    @Test
    void what_a_flood_brings_is_read_as_it_comes() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "output", "flood");
        long process = client.start("flood", "head -c 30000000 /dev/zero");
        client.until(() -> client.has(Frame.End.class, process));
        // In turns it would be what a pipe holds, 64 KiB.
        assertThat(mostWithin(client, 20_000)).isGreaterThan(2 * 64 * 1024);
    }

    /** The most bytes that were captured within so many microseconds. */
    private static long mostWithin(RunningKernel.Client client, long micros) {
        List<Frame.Data> chunks = client.frames.stream()
                .filter(Frame.Data.class::isInstance)
                .map(Frame.Data.class::cast)
                .toList();
        long most = 0;
        int from = 0;
        for (Frame.Data chunk : chunks) {
            while (chunk.timeMicros() - chunks.get(from).timeMicros() >= micros) {
                from++;
            }
            most = Math.max(
                    most,
                    chunk.offset() + chunk.bytes().limit() - chunks.get(from).offset());
        }
        return most;
    }

    @Test
    void a_paused_stream_goes_on_from_the_offset_that_is_asked_for() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "output", "p");
        long process = client.start("p", "echo one; read x < /dev/null; sleep 0.2; echo two");
        client.until(() -> client.output(process).equals("one\n"));
        client.call("follow", "pause", process + ".out");
        client.until(() -> hasEnded(client, "p"));
        client.until(() -> writtenBy(client, "p") == 8);
        assertThat(client.output(process)).isEqualTo("one\n");
        client.call("follow", "resume", process + ".out=1");
        client.until(() -> client.has(Frame.End.class, process));
        assertThat(client.output(process)).isEqualTo("one\nne\ntwo\n");
    }

    @Test
    void a_reader_of_what_is_removed_is_told_what_it_missed_and_that_it_ended() throws Exception {
        RunningKernel.Client reader = kernel.connect();
        reader.call("follow", "output", "r");
        long process = reader.start("r", "echo one; sleep 0.2; echo two");
        reader.until(() -> reader.output(process).equals("one\n"));
        reader.call("follow", "pause", process + ".out");
        reader.until(() -> hasEnded(reader, "r") && writtenBy(reader, "r") == 8);
        reader.call("remove", "processes", "r");
        reader.until(() -> reader.has(Frame.End.class, process));
        Frame.Gap gap = (Frame.Gap) reader.frames.stream()
                .filter(Frame.Gap.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(gap.offset()).isEqualTo(4);
        assertThat(gap.bytes()).isEqualTo(4);
    }

    @Test
    void at_the_ceiling_of_all_memory_the_largest_buffer_drops() throws Exception {
        try (RunningKernel small = new RunningKernel(256 * 1024)) {
            RunningKernel.Client client = small.connect();
            client.start("large", "head -c 1000000 /dev/zero; sleep 5");
            client.start("small", "sleep 0.3; echo hello");
            client.until(() -> hasEnded(client, "small") && writtenBy(client, "large") == 1_000_000);
            client.call("follow", "output", "small");
            client.until(() -> client.frames.stream().anyMatch(Frame.End.class::isInstance));
            assertThat(client.frames).noneMatch(Frame.Gap.class::isInstance);
            assertThat(client.call("list", "processes", "large")).containsPattern("out=0:1000000 lost=[1-9]");
        }
    }

    @Test
    void who_waits_for_memory_goes_on_when_the_holder_of_all_of_it_goes() throws Exception {
        try (RunningKernel small = new RunningKernel(256 * 1024)) {
            RunningKernel.Client manager = small.connect();
            manager.call("lease", "take", "all");
            manager.start("all.a", "head -c 1000000 /dev/zero");
            manager.until(() -> writtenBy(manager, "all.a") >= 240 * 1024);
            RunningKernel.Client other = small.connect();
            other.start("other", "echo hello");
            manager.channel.close();
            long start = System.nanoTime();
            other.until(() -> writtenBy(other, "all.a") == 1_000_000 && writtenBy(other, "other") == 6);
            assertThat(System.nanoTime() - start).isLessThan(OutputFlow.PATIENCE_NANOS);
        }
    }

    @Test
    void who_waits_for_memory_goes_on_when_the_holder_of_all_of_it_does_not_commit() throws Exception {
        try (RunningKernel small = new RunningKernel(256 * 1024)) {
            RunningKernel.Client manager = small.connect();
            manager.call("lease", "take", "all");
            manager.start("all.a", "head -c 1000000 /dev/zero");
            manager.until(() -> writtenBy(manager, "all.a") >= 240 * 1024);
            RunningKernel.Client other = small.connect();
            other.start("other", "echo hello");
            other.until(() -> writtenBy(other, "all.a") == 1_000_000 && writtenBy(other, "other") == 6);
        }
    }

    /** The first of those who wait for memory has nothing to say when his turn comes; he keeps nobody from his. */
    @Test
    void when_the_holder_of_all_memory_goes_all_who_wait_for_it_go_on_at_once() throws Exception {
        int tiny = 15;
        try (RunningKernel small = new RunningKernel((tiny + 1L) * Arena.BLOCK)) {
            RunningKernel.Client manager = small.connect();
            manager.call("lease", "take", "all");
            for (int i = 0; i < tiny; i++) {
                manager.start("all.tiny" + i, "printf x");
            }
            manager.until(() -> stats(manager).contains(" ended=" + tiny + " "));
            int whole = Arena.BLOCK - CHUNK_HEADER; // fills a block to its last byte, so perhaps there is more
            manager.start("all.silent", "dd if=/dev/zero bs=" + whole + " count=1 2>/dev/null; sleep 1000");
            manager.until(() -> stats(manager).contains(" starved=1 "));
            RunningKernel.Client other = small.connect();
            other.start("one", "echo hello");
            other.start("two", "echo hello");
            other.until(() -> stats(other).contains(" starved=3 "));
            manager.channel.close();
            other.until(() -> other.callUnchecked("lease", "show").contains("pid=0"));
            assertThat(stats(other)).contains(" starved=0 ");
            // What one has said may have gone for the other.
            other.until(() -> stats(other, "one").contains(" out=0:6:"));
            other.until(() -> stats(other, "two").contains(" out=0:6:"));
        }
    }

    @Test
    void what_is_larger_than_the_whole_buffer_is_kept_alone() throws Exception {
        RunningKernel.Client client = kernel.connect();
        int whole = Arena.BLOCK - CHUNK_HEADER; // fills a block to its last byte
        long process = client.start("k", "dd if=/dev/zero bs=" + whole + " count=1 2>/dev/null", "bufsize=10");
        client.until(() -> hasEnded(client, "k"));
        assertThat(client.call("stats", "k")).contains(" held=" + whole + " ").contains(" out=0:" + whole + ":0 ");
        client.call("follow", "output", "k");
        client.until(() -> client.has(Frame.End.class, process));
        assertThat(client.output(process)).hasSize(whole);
    }

    @Test
    void a_small_buffer_keeps_the_newest_of_both_channels_as_papa_does() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start(
                "k",
                "echo aaaaaa; sleep 0.1; echo bbbbbb; sleep 0.1; echo cc; sleep 0.1; echo longer_than_ten_bytes >&2",
                "bufsize=10");
        client.until(() -> hasEnded(client, "k"));
        client.call("follow", "output", "k");
        client.until(() -> client.has(Frame.End.class, process));
        assertThat(client.output(process)).isEqualTo("longer_than_ten_bytes\n");
    }

    @Test
    void a_buffer_of_nothing_captures_nothing() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("none", "echo one; echo two >&2; exit 3", "bufsize=0");
        client.until(() -> hasEnded(client, "none"));
        assertThat(client.call("stats", "none"))
                .contains(" exit=3 ", " held=0 ")
                .doesNotContain(" out=", " err=");
    }

    @Test
    void a_commit_beyond_the_end_changes_nothing() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start("c", "echo one");
        client.until(() -> hasEnded(client, "c"));
        for (String offset : List.of("5", "-1", "" + Long.MAX_VALUE)) {
            assertThatThrownBy(() -> client.call("commit", "set", "v", "1", "out", "" + process, offset))
                    .hasMessageContaining("the stream of c ends at 4");
        }
        assertThat(client.call("get", "v")).isEmpty();
        assertThat(client.call("stats", "c")).contains(" out=0:4:0 ");
    }

    @Test
    void a_holder_that_comes_back_and_commits_is_waited_for_again() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "back");
        manager.start("back.a", "head -c 200000 /dev/zero; sleep 0.2; exec head -c 900000 /dev/zero", "bufsize=20k");
        manager.channel.close();
        RunningKernel.Client next = kernel.connect();
        next.call("lease", "take", "back");
        long process = Long.parseLong(next.call("stats", "back.a").replaceAll("(?s).*incarnation=(\\d+) .*", "$1"));
        next.until(() -> stats(next, "back.a").contains("heldback=1"));
        long dropped = Long.parseLong(stats(next, "back.a").replaceAll("(?s).* out=\\d+:\\d+:(\\d+) .*", "$1"));
        next.call("follow", "output", "back.*");
        next.until(() -> {
            long gaps = next.frames.stream()
                    .filter(Frame.Gap.class::isInstance)
                    .mapToLong(each -> ((Frame.Gap) each).bytes())
                    .sum();
            commitTo(next, process, gaps + next.output(process).length());
            return next.has(Frame.End.class, process);
        });
        assertThat(stats(next, "back.a")).contains(":1100000:" + dropped + " ");
    }

    private static String stats(RunningKernel.Client client, String... words) {
        try {
            List<String> request = new ArrayList<>(List.of("stats"));
            request.addAll(List.of(words));
            return client.call(request.toArray(String[]::new));
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void at_the_ceiling_many_that_hold_a_byte_each_share_what_there_is() throws Exception {
        int many = 60;
        try (RunningKernel small = new RunningKernel(16L * Arena.BLOCK)) {
            RunningKernel.Client client = small.connect();
            for (int i = 0; i < many; i++) {
                client.start("tiny." + i, "printf x");
            }
            client.until(() -> stats(client).contains(" running=0 ended=" + many + " "));
            client.until(
                    () -> stats(client).contains(" output=16 outputroom=262144 ceiling=262144 dropped=44 starved=0 "));
            client.start("large", "head -c 1000000 /dev/zero");
            client.until(() -> stats(client, "large").contains(":1000000:") && hasEnded(client, "large"));
            client.start("last", "echo last");
            client.until(() -> hasEnded(client, "last") && stats(client, "last").contains(" out=0:5:0 "));
        }
    }

    @Test
    void at_the_ceiling_many_that_are_attended_to_wait_for_memory_and_none_is_forgotten() throws Exception {
        int many = 60;
        try (RunningKernel small = new RunningKernel(16L * Arena.BLOCK)) {
            RunningKernel.Client manager = small.connect();
            manager.call("lease", "take", "m");
            for (int i = 0; i < many; i++) {
                manager.start("m." + i, "printf x");
            }
            manager.until(() -> stats(manager).contains(" ended=" + many + " "));
            manager.until(() ->
                    stats(manager).contains(" output=16 ") && stats(manager).contains(" starved=44 "));
            manager.call("follow", "output", "m.*");
            manager.until(() -> {
                for (Frame frame : List.copyOf(manager.frames)) {
                    if (frame instanceof Frame.Data data) {
                        commitTo(manager, data.incarnation(), 1);
                    }
                }
                return manager.frames.stream()
                                .filter(Frame.End.class::isInstance)
                                .count()
                        == many;
            });
            assertThat(stats(manager)).contains(" dropped=0 starved=0 ");
            assertThat(manager.frames).filteredOn(Frame.Data.class::isInstance).hasSize(many);
        }
    }

    @Test
    void a_pipe_or_an_end_that_cannot_be_watched_now_is_watched_later() throws Exception {
        NoRoomToWatch machine = new NoRoomToWatch();
        try (RunningKernel crowded = new RunningKernel(1024 * 1024, machine.posix())) {
            RunningKernel.Client client = crowded.connect();
            machine.refuses = fd -> true;
            long process = client.start("p", "echo one; echo two >&2; exit 3");
            client.until(() -> machine.refused.get() >= 3);
            machine.refuses = fd -> false;
            client.call("follow", "output", "p");
            client.until(() -> client.has(Frame.End.class, process) && client.has(Frame.Exit.class, process));
            assertThat(client.output(process)).contains("one\n", "two\n");
            assertThat(client.frames).anyMatch(each -> each instanceof Frame.Exit exit && exit.code() == 3);
        }
    }
}

package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.client.PapaException;
import papa.wire.Frame;

/** Many readers of the same output, some of them slow. */
@Timeout(120)
class FollowersTest {
    private static final int FOLLOWERS = 50;
    private static final int BURST = 20_000;

    @TempDir
    Path folder;

    private final RunningKernel kernel;

    FollowersTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** A process that writes a burst each time it is told to. */
    private OutputStream startBursts(RunningKernel.Client client, String name, String options) throws Exception {
        return startBursts(client, name, "head -c " + BURST + " /dev/zero", options);
    }

    private OutputStream startBursts(RunningKernel.Client client, String name, String burst, String options)
            throws Exception {
        Path fifo = folder.resolve(name + ".fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        client.start(name, "while read x; do " + burst + "; done < " + fifo, options);
        return Files.newOutputStream(fifo); // waits until it is there
    }

    private static void burst(OutputStream fifo) throws Exception {
        fifo.write("go\n".getBytes(StandardCharsets.ISO_8859_1));
        fifo.flush();
    }

    @Test
    void one_of_fifty_that_stalls_keeps_nothing_from_the_others_and_is_told_what_it_missed() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        List<RunningKernel.Client> followers = new ArrayList<>();
        for (int i = 0; i < FOLLOWERS; i++) {
            RunningKernel.Client follower = kernel.connect();
            follower.call("follow", "output", "busy");
            followers.add(follower);
        }
        RunningKernel.Client stalled = followers.remove(0);
        int bursts = 60;
        long process;
        try (OutputStream fifo = startBursts(starter, "busy", "bufsize=64k")) {
            process = Long.parseLong(starter.call("stats", "busy").replaceAll("(?s).*incarnation=(\\d+) .*", "$1"));
            for (int i = 1; i <= bursts; i++) {
                burst(fifo);
                int sofar = i * BURST;
                for (RunningKernel.Client follower : followers) {
                    follower.until(() -> received(follower, process) == sofar);
                }
            }
        }
        for (RunningKernel.Client follower : followers) {
            follower.until(() -> follower.has(Frame.End.class, process));
            assertThat(follower.frames).noneMatch(Frame.Gap.class::isInstance);
        }
        assertThat(Long.parseLong(starter.call("stats").replaceAll("(?s).* outputroom=(\\d+) .*", "$1")))
                .isLessThanOrEqualTo(256 * 1024);
        stalled.until(() -> stalled.has(Frame.End.class, process));
        List<Frame.Gap> gaps = gaps(stalled);
        assertThat(gaps).isNotEmpty();
        assertThat(gaps.stream().mapToLong(Frame.Gap::bytes).sum() + received(stalled, process))
                .isEqualTo((long) bursts * BURST);
        assertThat(gaps).allMatch(each -> each.firstMicros() <= each.lastMicros());
    }

    private static long received(RunningKernel.Client client, long process) {
        return client.output(process).length();
    }

    private static List<Frame.Gap> gaps(RunningKernel.Client client) {
        return client.frames.stream()
                .filter(Frame.Gap.class::isInstance)
                .map(Frame.Gap.class::cast)
                .toList();
    }

    @Test
    void what_a_slow_reader_gets_behind_a_gap_has_the_same_order_as_for_one_who_starts_then() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        RunningKernel.Client slow = kernel.connect();
        slow.call("follow", "output", "*");
        starter.start("a", "for i in 1 2 3 4 5; do head -c 100000 /dev/zero; sleep 0.05; done", "bufsize=120k");
        starter.start("b", "for i in 1 2 3 4 5; do head -c 100000 /dev/zero; sleep 0.03; done", "bufsize=90k");
        starter.until(() -> hasEnded(starter, "a") && hasEnded(starter, "b"));
        RunningKernel.Client fresh = kernel.connect();
        fresh.call("follow", "output", "*");
        fresh.until(() -> ends(fresh) == 2);
        slow.until(() -> ends(slow) == 2);
        assertThat(gaps(fresh)).hasSize(2);
        List<String> expected = placed(fresh);
        assertThat(placed(slow)).endsWith(expected.toArray(String[]::new));
    }

    private static boolean hasEnded(RunningKernel.Client client, String name) {
        try {
            return client.call("stats", name).contains("running=0");
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    private static long ends(RunningKernel.Client client) {
        return client.frames.stream().filter(Frame.End.class::isInstance).count();
    }

    /** Each frame by where it ends in its stream: a gap that begins later is the same gap. */
    private static List<String> placed(RunningKernel.Client client) {
        return client.frames.stream()
                .flatMap(frame -> {
                    if (frame instanceof Frame.Gap gap) {
                        return Stream.of("gap " + gap.incarnation() + " to " + (gap.offset() + gap.bytes()));
                    } else if (frame instanceof Frame.Data data) {
                        return Stream.of(data.incarnation() + " " + data.offset());
                    }
                    return Stream.empty();
                })
                .toList();
    }

    @Test
    void each_gap_of_a_reader_has_the_times_of_what_it_missed() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        RunningKernel.Client reader = kernel.connect();
        reader.call("follow", "output", "busy");
        try (OutputStream fifo = startBursts(starter, "busy", "bufsize=30k")) {
            for (int round = 1; round <= 3; round++) {
                for (int i = 0; i < 40; i++) {
                    burst(fifo);
                }
                long end = (long) round * 40 * BURST;
                starter.until(() -> end(starter) == end);
                reader.until(() -> reader.frames.stream()
                        .anyMatch(each -> each instanceof Frame.Data data
                                && data.offset() + data.bytes().capacity() == end));
            }
        }
        List<Frame.Gap> gaps = gaps(reader);
        assertThat(gaps).hasSizeGreaterThanOrEqualTo(3);
        long before = 0;
        for (Frame frame : reader.frames) {
            if (frame instanceof Frame.Data data) {
                assertThat(data.timeMicros()).isGreaterThanOrEqualTo(before);
                before = data.timeMicros();
            } else if (frame instanceof Frame.Gap gap) {
                assertThat(gap.firstMicros()).isGreaterThanOrEqualTo(before);
                assertThat(gap.lastMicros()).isGreaterThanOrEqualTo(gap.firstMicros());
                before = gap.lastMicros();
            }
        }
    }

    private static long end(RunningKernel.Client client) {
        try {
            return Long.parseLong(client.call("stats", "busy").replaceAll("(?s).* out=\\d+:(\\d+):.*", "$1"));
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void the_line_that_a_small_buffer_keeps_is_never_cut_by_the_kernel() throws Exception {
        RunningKernel.Client client = kernel.connect();
        try (OutputStream fifo = startBursts(client, "busy", "printf '%0600d' 1", "bufsize=10")) {
            for (int i = 1; i <= 60; i++) {
                burst(fifo);
                long end = 600L * i;
                client.until(() -> end(client) == end);
                assertThat(client.call("stats", "busy")).contains(" held=600 ");
            }
        }
    }
}

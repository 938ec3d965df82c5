package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.wire.Frame;
import papa.wire.Frame.Channel;

/** What becomes of the output of a stream of which nothing is committed, while the holder of its lease is there. */
@Timeout(60)
class OverflowTest {
    private static final String POUR = "head -c 100000 /dev/zero";

    private final RunningKernel kernel;
    private final RunningKernel.Client manager;

    OverflowTest() throws Exception {
        kernel = new RunningKernel();
        manager = kernel.connect();
        manager.call("lease", "take", "m");
        manager.call("follow", "output", "m.*");
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private String stats(String name) {
        try {
            return manager.call("stats", name);
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    private boolean hasEnded(String name) {
        return stats(name).contains(" exit=");
    }

    @Test
    void one_loses_its_oldest_after_its_time_while_another_waits() throws Exception {
        long drops = manager.start("m.drops", "sleep 0.2; " + POUR, "bufsize=20k");
        long waits = manager.start("m.waits", "sleep 0.2; " + POUR, "bufsize=20k");
        manager.call("follow", "overflow", drops + ".out=0.3", waits + ".out=block");
        manager.until(() -> hasEnded("m.drops"));
        assertThat(stats("m.drops")).containsPattern(" out=0:100000:[0-9]{5} ");
        manager.until(() -> stats("m.waits").contains(" heldback=1 "));
        assertThat(stats("m.waits")).containsPattern(" out=0:[0-9]{5}:0 ").doesNotContain(" exit=");
        manager.call("follow", "overflow", waits + ".out=0");
        manager.until(() -> hasEnded("m.waits"));
        assertThat(stats("m.waits")).containsPattern(" out=0:100000:[0-9]{5} ");
    }

    @Test
    void a_paused_stream_that_waits_loses_nothing_and_goes_on_when_it_is_taken_up_again() throws Exception {
        long waits = manager.start("m.waits", "sleep 0.2; " + POUR, "bufsize=20k");
        manager.call("follow", "overflow", waits + ".out=block");
        manager.call("follow", "pause", waits + ".out");
        manager.until(() -> stats("m.waits").contains(" heldback=1 "));
        manager.call("follow", "resume", waits + ".out=0");
        manager.until(() -> {
            commit("out", waits, manager.output(waits).length());
            return manager.has(Frame.End.class, waits);
        });
        assertThat(manager.output(waits)).hasSize(100_000);
        assertThat(manager.frames).noneMatch(Frame.Gap.class::isInstance);
    }

    private void commit(String channel, long process, long offset) {
        try {
            manager.call("commit", channel, "" + process, "" + offset);
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    private String errors(long process) {
        StringBuilder text = new StringBuilder();
        for (Frame frame : List.copyOf(manager.frames)) {
            if (frame instanceof Frame.Data data && data.channel() == Channel.ERR && data.incarnation() == process) {
                text.append("x".repeat(data.bytes().limit()));
            }
        }
        return text.toString();
    }

    private static final String BOTH = "head -c 100000 /dev/zero & i=0; while [ $i -lt 600 ]; do i=$((i+1));"
            + " printf '%0100d' $i >&2; done; echo >&2; wait";

    private void awaitAllErrors(long process) throws Exception {
        manager.until(() -> {
            commit("err", process, errors(process).length());
            return errors(process).length() == 60_001;
        });
    }

    @Test
    void the_other_stream_of_a_process_does_not_wait_with_it() throws Exception {
        long process = manager.start("m.both", "sleep 0.2; " + BOTH, "bufsize=20k");
        manager.call("follow", "overflow", process + ".out=block");
        manager.call("follow", "pause", process + ".out");
        awaitAllErrors(process);
        manager.until(() -> stats("m.both").contains(" heldback=1 "));
        assertThat(stats("m.both")).containsPattern(" out=0:[0-9]{5}:0 ").containsPattern(" err=[0-9]+:60001:0 ");
    }

    @Test
    void the_other_stream_of_a_process_loses_nothing_with_it() throws Exception {
        long process = manager.start("m.both", "sleep 0.2; " + BOTH, "bufsize=20k");
        manager.call("follow", "overflow", process + ".out=0");
        manager.call("follow", "pause", process + ".out");
        awaitAllErrors(process);
        manager.until(() -> hasEnded("m.both"));
        assertThat(stats("m.both"))
                .containsPattern(" out=0:100000:[0-9]{5,6} ")
                .containsPattern(" err=[0-9]+:60001:0 ");
    }

    @Test
    void nobody_waits_when_nobody_holds_the_lease() throws Exception {
        long waits = manager.start("m.waits", "sleep 0.2; " + POUR, "bufsize=20k");
        manager.call("follow", "overflow", waits + ".out=block");
        manager.until(() -> stats("m.waits").contains(" heldback=1 "));
        manager.channel.close();
        RunningKernel.Client other = kernel.connect();
        other.until(() -> {
            try {
                return other.call("stats", "m.waits").contains(" exit=");
            } catch (PapaException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    /** The next manager may not know of it: it gets the five seconds of all, and so does the worker. */
    @Test
    void what_was_said_ends_with_the_lease() throws Exception {
        long waits = manager.start("m.waits", "sleep 1000", "bufsize=20k");
        long pours = manager.start("m.pours", "read x < " + fifo() + "; " + POUR, "bufsize=20k");
        manager.call("follow", "overflow", waits + ".out=block", pours + ".out=block", pours + ".err=0.1");
        assertThat(kernel.state()).contains(" overflow-after=");
        manager.channel.close();
        RunningKernel.Client next = kernel.connect();
        next.until(() -> next.callUnchecked("lease", "show").contains("pid=0"));
        next.call("lease", "take", "m");
        assertThat(kernel.state()).doesNotContain(" overflow-after=");
        Files.writeString(Path.of(kernel.socket + ".fifo"), "go\n");
        Files.delete(Path.of(kernel.socket + ".fifo"));
        next.until(() -> next.callUnchecked("stats", "m.pours").contains(" exit="));
        assertThat(next.call("stats", "m.pours")).containsPattern(" out=0:100000:[0-9]{5} ");
    }

    private String fifo() throws Exception {
        String path = kernel.socket + ".fifo";
        assertThat(new ProcessBuilder("mkfifo", path).start().waitFor()).isZero();
        return path;
    }

    /** Two processes that would fill all memory wait before they have; a third one writes. */
    @Test
    void those_that_wait_leave_room_to_others() throws Exception {
        try (RunningKernel small = new RunningKernel(256 * 1024)) {
            RunningKernel.Client holder = small.connect();
            holder.call("lease", "take", "m");
            for (String name : List.of("m.a", "m.b")) {
                long process = holder.start(name, "sleep 0.2; head -c 1000000 /dev/zero");
                holder.call("follow", "overflow", process + ".out=block");
            }
            holder.until(() -> {
                try {
                    return holder.call("stats").contains(" heldback=2 ");
                } catch (PapaException failed) {
                    throw new AssertionError(failed);
                }
            });
            RunningKernel.Client other = small.connect();
            other.call("follow", "output", "other");
            long process = other.start("other", "echo hello");
            other.until(() -> other.has(Frame.End.class, process));
            assertThat(other.output(process)).isEqualTo("hello\n");
            assertThat(holder.call("stats")).contains(" dropped=0 starved=0 ");
        }
    }

    @Test
    void what_makes_no_sense_is_refused_and_changes_nothing() throws Exception {
        long process = manager.start("m.a", "sleep 10");
        for (String word : List.of(process + ".out", process + ".log=1", process + ".out=-1", "m.a.out=1", ".out=1")) {
            assertThatThrownBy(() -> manager.call("follow", "overflow", process + ".out=block", word))
                    .hasMessageContaining("cannot read " + word + ": INCARNATION.out or INCARNATION.err is wanted");
        }
        RunningKernel.Client other = kernel.connect();
        assertThatThrownBy(() -> other.call("follow", "overflow", process + ".out=block"))
                .hasMessageContaining("it belongs to the lease m");
        manager.call("follow", "overflow", "999.out=block"); // gone already, as far as anybody knows
    }
}

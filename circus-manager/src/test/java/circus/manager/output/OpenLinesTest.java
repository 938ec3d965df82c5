package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import circus.manager.line.Shapes;
import circus.manager.line.Speaker;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import papa.wire.Frame.Channel;

/** When a line is written whose end does not come. */
final class OpenLinesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Staging staging = new Staging(new Buffers());
    private final OpenLines lines = new OpenLines();
    private final WorkerStream stream;

    OpenLinesTest() {
        Sink sink = new Sink() {
            @Override
            public boolean accepts() {
                return true;
            }

            @Override
            public Staging staging() {
                return staging;
            }
        };
        Speaker speaker = new Speaker("web", 1, 42);
        stream = new WorkerStream(
                new StreamId(1, Channel.OUT),
                new WorkerOutput(1, 42, "web", 1),
                speaker,
                OutputRoute.inherited(Channel.OUT),
                sink,
                new Shapes(ZoneId.of("UTC")).of(Layout.PLAIN, speaker, Channel.OUT, false),
                0);
    }

    private void say(long now, int... bytes) {
        byte[] said = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            said[i] = (byte) bytes[i];
        }
        lines.received(stream, stream.take(said, 0, said.length, 1), now);
    }

    @Test
    void it_is_written_after_a_second_and_half_a_character_after_another() {
        say(0, 'a', 0xe2);
        lines.stageDue(SECOND - 1);
        assertThat(staging.length()).isZero();
        lines.stageDue(SECOND);
        assertThat(staging.length()).isEqualTo(1);
        lines.stageDue(2 * SECOND);
        assertThat(staging.length()).isEqualTo(2);
    }

    @Test
    void it_waits_while_its_stream_is_paused_since_its_end_may_wait_in_the_kernel() {
        say(0, 'a', 0xe2);
        stream.flow(WorkerStream.Flow.PAUSED);
        lines.stageDue(SECOND);
        lines.stageDue(2 * SECOND);
        stream.flow(WorkerStream.Flow.RESUMING);
        lines.stageDue(3 * SECOND);
        assertThat(staging.length()).isZero();
        stream.flow(WorkerStream.Flow.FLOWING);
        say(3 * SECOND + 1, 0x82, 0xac, '\n');
        assertThat(staging.length()).isEqualTo(5);
        assertThat(lines.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }
}

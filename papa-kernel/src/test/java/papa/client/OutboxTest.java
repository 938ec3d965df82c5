package papa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is queued leaves in order and whole, in few writes. */
class OutboxTest {
    @Property(tries = 200)
    void bytes_leave_in_order_however_little_the_channel_takes(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 50_000) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 100_000) int room)
            throws IOException {
        Outbox outbox = new Outbox();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Narrow channel = new Narrow(room);
        byte next = 0;
        for (int size : sizes) {
            byte[] piece = new byte[size];
            for (int i = 0; i < size; i++) {
                piece[i] = next++;
            }
            outbox.add(piece);
            expected.writeBytes(piece);
            if (size % 3 == 0) {
                outbox.flush(channel);
                channel.refill();
            }
        }
        while (!outbox.isEmpty()) {
            outbox.flush(channel);
            channel.refill();
        }
        assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void five_hundred_requests_leave_in_one_write() throws IOException {
        Outbox outbox = new Outbox();
        for (int i = 0; i < 500; i++) {
            outbox.add(new byte[900]);
        }
        Narrow channel = new Narrow(Integer.MAX_VALUE);
        outbox.flush(channel);
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(channel.taken.size()).isEqualTo(450_000);
        assertThat(channel.writes).isEqualTo(1);
    }

    /** Takes only so many bytes until it is refilled, as a socket's buffer does. */
    private static final class Narrow implements GatheringByteChannel {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int size;
        private int room;
        private int writes;

        Narrow(int size) {
            this.size = size;
            this.room = size;
        }

        void refill() {
            room = size;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            writes++;
            return write(sources, 0, sources.length);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                written += write(sources[i]);
            }
            return written;
        }

        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(room, source.remaining());
            byte[] bytes = new byte[count];
            source.get(bytes);
            taken.writeBytes(bytes);
            room -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}

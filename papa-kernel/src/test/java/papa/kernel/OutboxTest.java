package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** What waits for a connection to take it: all of it, in its order, and in no more memory than its bytes. */
class OutboxTest {
    private final Posix posix = new NativePosix();
    private final UnreadAnswers unread = new UnreadAnswers();
    private final Outbox outbox = new Outbox(posix, unread);

    @Test
    void answers_of_a_few_bytes_do_not_take_an_array_each() {
        for (int i = 0; i < 100_000; i++) {
            outbox.add("> ");
        }
        assertThat(outbox.queued()).isEqualTo(200_000);
        assertThat(outbox.pieces()).isLessThan(200);
        outbox.free();
        assertThat(unread.bytes()).isZero();
    }

    @Test
    void short_and_long_ones_keep_their_order() {
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            String text = i + (i % 7 == 0 ? "x".repeat(i * 100) : "");
            outbox.add(text);
            sent.append(text);
        }
        int[] pipe = new int[2];
        assertThat(posix.pipe(pipe)).isNotNegative();
        assertThat(outbox.flush(pipe[1], null)).isEqualTo(Outbox.State.EMPTY);
        long buffer = posix.allocate(64 * 1024);
        int count = (int) posix.read(pipe[0], buffer, 64 * 1024);
        byte[] bytes = new byte[count];
        posix.getBytes(buffer, bytes, 0, count);
        assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo(sent.toString());
        assertThat(outbox.queued()).isZero();
        posix.close(pipe[0]);
        posix.close(pipe[1]);
        posix.free(buffer);
        outbox.free();
    }
}

package circus.tests.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tail} and {@code stats} of a real kernel, which has a heap of 32 MiB. */
@ExtendWith(HomeExtension.class)
class TailTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PROCESSES = 48;
    private static final int BYTES = 2_000_000;

    private final Home home;

    TailTest(Home home) {
        this.home = home;
    }

    @Test
    void a_tail_of_three_times_the_heap_arrives_whole_and_delays_nobody() throws Exception {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session();
                SocketChannel slow = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket()))) {
            for (int i = 0; i < PROCESSES; i++) {
                session.ask("make process big." + i + " bufsize=2m /bin/sh -c head\\ -c\\ " + BYTES + "\\ /dev/zero");
            }
            long all = (long) PROCESSES * BYTES;
            await("all is held").atMost(LIMIT).until(() -> session.ask("stats").contains(" output=" + all + " "));

            slow.write(ByteBuffer.wrap(("tail " + names() + " lines=100000\n").getBytes(ISO_8859_1)));

            await("it has begun").atMost(LIMIT).until(() -> session.ask("stats").contains(" tails=1 "));
            session.ask("make process small /bin/echo small");
            await("it has ended")
                    .atMost(LIMIT)
                    .until(() -> session.ask("stats small").contains("running=0"));
            assertThat(session.ask("tail small")).isEqualTo("small");
            assertThat(figure(session, "output")).isEqualTo(all + 6);
            assertThat(zeros(slow)).isEqualTo(all);
            assertThat(figure(session, "dropped")).isZero();
            assertThat(figure(session, "tails")).isZero();
        }
        assertThat(kernel.daemon().isAlive()).isTrue();
    }

    private static String names() {
        StringBuilder names = new StringBuilder("big.*");
        for (int i = 0; i < PROCESSES; i++) {
            names.append(" big.").append(i);
        }
        return names.toString();
    }

    private static long figure(PapaSession session, String key) {
        return Long.parseLong(session.ask("stats").replaceAll("(?s).* " + key + "=(\\d+)( .*|$)", "$1"));
    }

    /** How many zero bytes come until the prompt comes again, behind the first one. */
    private static long zeros(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
        long zeros = 0;
        int prompts = 0;
        byte before = '\n';
        while (prompts < 2) {
            if (channel.read(buffer.clear()) < 0) {
                throw new AssertionError("the connection ended after " + zeros + " bytes");
            }
            for (buffer.flip(); buffer.hasRemaining(); ) {
                byte each = buffer.get();
                zeros += each == 0 ? 1 : 0;
                prompts += each == ' ' && before == '>' ? 1 : 0;
                before = each;
            }
        }
        return zeros;
    }

    @Test
    void a_person_follows_a_process_to_its_end() {
        try (PapaSession session = home.kernel().session()) {
            session.ask("make process w.1 /bin/sh -c echo\\ one;sleep\\ .3;echo\\ two;exit\\ 3");
            session.send("tail w.1 follow=1\n");

            assertThat(session.readUntil(text -> text.endsWith("]\n> ")))
                    .matches("one\ntwo\n\\[w\\.1 ended at [-0-9]+ [:.0-9]+, with exit code 3]\n> ");
            assertThat(session.ask("stats w.1")).contains(" running=0 ", " exit=3 ", " out=0:8:0 ");
        }
    }
}

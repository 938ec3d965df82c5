package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Papa's watch, as its clients speak it, where several of them meet. */
@Timeout(60)
class WatchTest {
    private final RunningKernel kernel;

    WatchTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** A client with prompts. */
    private final class Person implements AutoCloseable {
        private final SocketChannel channel;
        private final StringBuilder unread = new StringBuilder();

        private Person() throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket));
            readTo("> ");
        }

        private void say(String line) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** What came, up to and with these bytes. */
        private String readTo(String end) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (unread.indexOf(end) < 0) {
                if (channel.read(buffer) < 0) {
                    throw new IOException("the connection ended after: " + unread);
                }
                unread.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
                buffer.clear();
            }
            int length = unread.indexOf(end) + end.length();
            String text = unread.substring(0, length);
            unread.delete(0, length);
            return text;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void a_watch_ends_when_somebody_else_has_dealt_with_the_last_of_its_processes() throws Exception {
        try (Person watcher = new Person();
                Person remover = new Person()) {
            remover.say("make process w /bin/sleep 0.2");
            remover.readTo("> ");
            watcher.say("watch processes w");
            assertThat(watcher.readTo("\n")).isEqualTo("Watching 1\n");
            remover.say("remove processes w");
            remover.readTo("> ");
            assertThat(watcher.readTo("> ")).isEqualTo("Nothing left to watch\n> ");
            watcher.say("get x");
            assertThat(watcher.readTo("> ")).isEqualTo("\n> ");
        }
    }
}

package circus.manager.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SuccessionTest {
    @TempDir
    private Path folder;

    @Test
    void one_that_starts_another_kernel_says_meanwhile_that_it_lives() throws IOException {
        Path path = folder.resolve("wire");
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(path));
            Map<String, String> environment = new HashMap<>(Map.of(Succession.VARIABLE, path.toString()));
            Succession succession = Succession.begin(environment).orElseThrow();
            try (SocketChannel former = door.accept();
                    Scanner lines = new Scanner(Channels.newInputStream(former), StandardCharsets.UTF_8)) {
                assertThat(lines.nextLine()).contains("hello");
                assertThat(succession.canBeTakenBack()).isTrue();

                succession.pause(); // nobody runs anything for it any more

                for (int i = 0; i < 3; i++) {
                    assertThat(lines.nextLine()).isEqualTo("{\"say\": \"pong\"}");
                }
                succession.close();
            }
        }
    }
}

package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

@Timeout(60)
class SocketTest {
    @Test
    void a_socket_is_found_again_by_the_port_that_it_got() throws Exception {
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            String made = client.call("make", "socket", "s");
            String port = made.replaceAll("(?s).* port=(\\d+).*", "$1");
            assertThat(client.call("make", "socket", "s", "port=" + port)).isEqualTo(made);
            assertThatThrownBy(() -> client.call("make", "socket", "s", "port=1"))
                    .hasMessageContaining("Socket for s has already been created");
        }
    }

    @Test
    void a_socket_that_cannot_be_held_leaves_no_file(@TempDir Path folder) {
        Posix real = new NativePosix();
        Posix full = (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (proxy, method, arguments) ->
                        method.getName().equals("duplicate") ? Errno.EMFILE.negated() : method.invoke(real, arguments));
        Path path = folder.resolve("s.sock");
        SocketSpec spec = new SocketSpec("s", "unix", "", 0, path.toString(), 5, -1, false, false);
        assertThatThrownBy(() -> HeldSocket.open(full, spec)).hasMessage("[Errno 24] Too many open files");
        assertThat(Files.exists(path)).isFalse();
    }
}

package circus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void tcp_and_ipc_are_understood() throws Exception {
        assertThat(new Endpoint("tcp://127.0.0.1:5555").addresses()).hasToString("[/127.0.0.1:5555]");
        assertThat(new Endpoint("tcp://[::1]:80").addresses()).hasToString("[/[0:0:0:0:0:0:0:1]:80]");
        assertThat(new Endpoint("ipc:///tmp/x/circus.sock").addresses())
                .containsExactly(UnixDomainSocketAddress.of("/tmp/x/circus.sock"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "foo",
                "127.0.0.1:5555",
                "tcp://",
                "tcp://5555",
                "tcp://:5555",
                "tcp://h:",
                "tcp://h:x",
                "tcp://h:0",
                "tcp://h:65536",
                "tcp://*:5555",
                "ipc://",
                "ipc://@abstract",
                "udp://127.0.0.1:1",
                "inproc://x"
            })
    void anything_else_is_refused_with_its_text(String text) {
        assertThatThrownBy(() -> new Endpoint(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot use endpoint '" + text + "': expected tcp://HOST:PORT or ipc://PATH");
    }

    @Test
    void a_path_longer_than_the_kernel_takes_is_refused() {
        assertThatThrownBy(() -> new Endpoint("ipc:///" + "x".repeat(107)))
                .hasMessageEndingWith("its path is longer than 107 bytes");
        assertThat(new Endpoint("ipc:///" + "x".repeat(106)).text()).hasSize(113);
    }
}

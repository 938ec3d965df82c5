package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenAddressTest {
    @Test
    void tcp() throws Exception {
        assertThat(ListenAddress.of("tcp://127.0.0.1:5555")).hasToString("Tcp[address=/127.0.0.1:5555]");
        assertThat(ListenAddress.of("tcp://*:*")).hasToString("Tcp[address=/0.0.0.0:0]");
        assertThat(ListenAddress.of("tcp://[::1]:1")).hasToString("Tcp[address=/[0:0:0:0:0:0:0:1]:1]");
    }

    @Test
    void ipc() throws Exception {
        assertThat(ListenAddress.of("ipc:///run/c.sock")).isEqualTo(new ListenAddress.Unix(Path.of("/run/c.sock")));
        assertThat(ListenAddress.of("ipc://c.sock"))
                .isEqualTo(new ListenAddress.Unix(Path.of("c.sock").toAbsolutePath()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    udp://127.0.0.1:1 | only tcp://HOST:PORT and ipc://PATH can be served
                    tcp://5555 | it must be tcp://HOST:PORT
                    tcp://127.0.0.1:65536 | a port is a number from 0 to 65535
                    tcp://127.0.0.1:x | a port is a number from 0 to 65535
                    tcp://no.such.host.invalid:1 | there is no host 'no.such.host.invalid'
                    ipc:// | give the path of the socket, since clients must know it
                    ipc://* | give the path of the socket, since clients must know it
                    ipc://@name | a name without a file has neither owner nor mode, so that anybody could take or use it; give a path
                    """)
    void what_cannot_be_is_told(String endpoint, String cause) {
        assertThatThrownBy(() -> ListenAddress.of(endpoint))
                .isInstanceOf(CannotListenException.class)
                .hasMessage("cannot listen on " + endpoint + ": " + cause);
    }

    @Test
    void a_path_must_fit() throws Exception {
        String longest = "ipc:///" + "x".repeat(106);
        assertThat(ListenAddress.of(longest)).isInstanceOf(ListenAddress.Unix.class);
        assertThatThrownBy(() -> ListenAddress.of(longest + "x"))
                .hasMessageEndingWith("the path has 108 bytes, at most 107 are possible; choose a shorter one");
    }
}

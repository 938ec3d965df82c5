package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import papa.posix.Accounts;
import papa.posix.NativePosix;

class ArgumentsTest {
    @Test
    void the_port_may_be_given_in_every_way_and_left_out() throws Exception {
        assertThat(Arguments.parse().port()).isEqualTo(-1);
        for (String[] words : new String[][] {{"-p", "4711"}, {"--port", "4711"}, {"--port=4711"}}) {
            assertThat(Arguments.parse(words).port()).isEqualTo(4711);
        }
        assertThat(Arguments.parse("--port").port()).isEqualTo(20_202);
        Arguments both = Arguments.parse("--port", "--port-control", "--unix-socket=/x/a=b");
        assertThat(both.port()).isEqualTo(20_202);
        assertThat(both.portControl()).isTrue();
        assertThat(both.socketPath()).isEqualTo("/x/a=b");
    }

    @Test
    void what_makes_no_sense_is_told() {
        assertThatThrownBy(() -> Arguments.parse("--port-control")).hasMessageContaining("there is no --port");
        assertThatThrownBy(() -> Arguments.parse("--port", "65536")).hasMessageContaining("not between 0 and 65535");
        assertThatThrownBy(() -> Arguments.parse("-p", "1x")).hasMessageContaining("a number is wanted");
        assertThatThrownBy(() -> Arguments.parse("--port", "telnet")).hasMessageContaining("\"telnet\": unknown");
        assertThatThrownBy(() -> Arguments.parse("--allow-uid")).hasMessageContaining("number or name must follow");
    }

    @Test
    void users_are_allowed_by_number_and_by_name() throws Exception {
        Accounts accounts = new NativePosix().accounts();
        List<String> words =
                Arguments.parse("--allow-uid", "7", "--allow-uid=nobody").allowed();
        assertThat(AllowedUsers.read(words, accounts)).containsExactly(7, 65_534);
        assertThatThrownBy(() -> AllowedUsers.read(List.of("nosuch"), accounts))
                .hasMessageContaining("cannot allow user nosuch");
    }
}

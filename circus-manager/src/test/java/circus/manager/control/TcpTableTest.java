package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Lines as a little-endian machine shows them. */
@EnabledIf("isLittleEndian")
class TcpTableTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String LISTENER =
            "   0: 0100007F:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n";
    private static final String CLIENT =
            "  11: 0100007F:9D6C 0100007F:15B3 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1\n";
    private static final String SERVER =
            "  12: 0100007F:15B3 0100007F:9D6C 01 00000000:00000000 02:0000 00000000     0        0 4713 1 0 20 4 30 10 -1\n";

    private InetSocketAddress theirs = new InetSocketAddress(0);
    private InetSocketAddress ours = new InetSocketAddress(0);

    static boolean isLittleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    @BeforeEach
    void addresses() throws IOException {
        theirs = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0x9d6c);
        ours = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0x15b3);
    }

    private static Map<String, Integer> uids(String table, List<String> words) throws IOException {
        return TcpTable.uids(new BufferedReader(new StringReader(table)), words, 1);
    }

    @Test
    void behind_the_last_that_is_sought_nothing_is_read() throws IOException {
        BufferedReader table = new BufferedReader(new StringReader(HEAD + CLIENT + SERVER + LISTENER));
        assertThat(TcpTable.uids(table, TcpTable.words(theirs, ours), 1)).containsValue(1000);
        assertThat(table.readLine() + "\n").isEqualTo(SERVER);
    }

    @Test
    void the_clients_line_is_found_and_not_the_servers_own() throws IOException {
        assertThat(uids(HEAD + LISTENER + SERVER + CLIENT, TcpTable.words(theirs, ours)))
                .containsExactly(Map.entry("0100007F:9D6C 0100007F:15B3", 1000));
    }

    @Test
    void a_client_with_a_socket_for_ipv6_may_show_a_mapped_address() throws IOException {
        String mapped = CLIENT.replace("0100007F", "0000000000000000FFFF00000100007F");
        assertThat(uids(HEAD + mapped, TcpTable.words(theirs, ours))).containsValue(1000);
    }

    @Test
    void ipv6() throws IOException {
        InetAddress one = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        List<String> words = TcpTable.words(new InetSocketAddress(one, 0x9d6c), new InetSocketAddress(one, 0x15b3));
        String six = CLIENT.replace("0100007F", "00000000000000000000000001000000");
        assertThat(uids(HEAD + six, words)).containsValue(1000);
        assertThat(uids(HEAD + CLIENT, words)).isEmpty();
    }

    @Test
    void a_socket_that_is_closed_already_counts_as_nobodys_although_it_shows_root() throws IOException {
        String closed = CLIENT.replace("  1000        0 4712 ", "     0        0 0 ");
        assertThat(uids(HEAD + closed, TcpTable.words(theirs, ours))).isEmpty();
    }

    @Test
    void another_port_is_another_connection() throws IOException {
        assertThat(uids(HEAD + CLIENT.replace("9D6C", "9D6D"), TcpTable.words(theirs, ours)))
                .isEmpty();
    }

    @Test
    void what_is_no_table_is_passed_over_and_what_is_no_uid_is_told() throws IOException {
        assertThat(uids("\n: \nx: y z\n", TcpTable.words(theirs, ours))).isEmpty();
        assertThatThrownBy(() -> uids(CLIENT.replace(" 1000 ", " root "), TcpTable.words(theirs, ours)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'root'");
    }
}

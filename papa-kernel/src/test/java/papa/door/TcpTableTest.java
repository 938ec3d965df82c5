package papa.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.posix.NativePosix;

/** Whose a TCP connection is, by the kernel's table of them. */
@Timeout(60)
class TcpTableTest {
    private final int uid = new NativePosix().uid();

    @Test
    void a_connection_of_another_process_is_told_by_netlink_and_by_the_table_alike() throws Exception {
        Path tables = Path.of("/proc/net");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            try (SocketChannel four = SocketChannel.open(StandardProtocolFamily.INET);
                    SocketChannel mapped = SocketChannel.open(StandardProtocolFamily.INET6)) {
                for (SocketChannel client : List.of(four, mapped)) {
                    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    byte[] local = address(client.socket().getLocalPort());
                    byte[] remote = address(port);
                    int inTables = Math.max(
                            TcpTable.uid(tables.resolve("tcp"), local, remote),
                            TcpTable.uid(tables.resolve("tcp6"), local, remote));
                    assertThat(inTables).isEqualTo(uid);
                }
                four.close();
                byte[] gone = address(1);
                assertThat(TcpTable.uid(tables.resolve("tcp"), gone, address(port)))
                        .isEqualTo(Guard.UNKNOWN);
            }
        }
    }

    private static byte[] address(int port) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putShort((short) 2)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port)
                .put(new byte[] {127, 0, 0, 1})
                .array();
    }

    @Test
    void a_socket_that_was_closed_already_is_nobodys_and_not_roots(@TempDir Path folder) throws Exception {
        Path table = folder.resolve("tcp");
        String line = "0: 0100007F:1F90 0100007F:4EEA 05 0:0 00:0 0 0 0 %s 1 x\n";
        Files.writeString(table, "  sl  local_address rem_address\n" + String.format(line, "0"));
        assertThat(TcpTable.uid(table, address(0x1f90), address(0x4eea))).isEqualTo(Guard.UNKNOWN);
        Files.writeString(table, String.format(line, "4711"));
        assertThat(TcpTable.uid(table, address(0x1f90), address(0x4eea))).isZero();
    }
}

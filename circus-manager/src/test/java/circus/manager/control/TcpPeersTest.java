package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.control.TcpPeers.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Real connections, and the tables that this machine shows of them. */
class TcpPeersTest {
    private final TcpPeers peers = new TcpPeers(Path.of("/proc/net"));

    private static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static Ends ends(SocketChannel accepted) throws IOException {
        return new Ends(
                (InetSocketAddress) accepted.getLocalAddress(), (InetSocketAddress) accepted.getRemoteAddress());
    }

    @Test
    void a_client_of_either_kind_is_found() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            // The JDK's usual socket is one for IPv6, whose address is a mapped one.
            try (SocketChannel plain = SocketChannel.open(StandardProtocolFamily.INET);
                    SocketChannel mapped = SocketChannel.open()) {
                plain.connect(server.getLocalAddress());
                mapped.connect(server.getLocalAddress());
                try (SocketChannel first = server.accept();
                        SocketChannel second = server.accept()) {
                    List<Ends> both = List.of(ends(first), ends(second));
                    assertThat(peers.uids(both)).hasSize(2).containsValues(ownUid());
                    assertThat(both).allMatch(Ends::isLocal);
                }
            }
        }
    }

    @Test
    void who_has_closed_his_end_is_nobody() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel client = SocketChannel.open(server.getLocalAddress());
            try (SocketChannel accepted = server.accept()) {
                client.close();
                assertThat(peers.uids(List.of(ends(accepted)))).isEmpty();
            }
        }
    }

    @Test
    void an_address_of_another_machine_is_not_local() throws IOException {
        InetSocketAddress ours = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 1);
        assertThat(new Ends(ours, new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7}), 2))
                        .isLocal())
                .isFalse();
    }
}

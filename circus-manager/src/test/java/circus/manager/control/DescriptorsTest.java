package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DescriptorsTest {
    @Test
    void input_is_seen_without_being_read(@TempDir Path folder) throws Exception {
        for (SocketAddress address : new SocketAddress[] {
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            UnixDomainSocketAddress.of(folder.resolve("socket"))
        }) {
            try (ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                            ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                            : ServerSocketChannel.open();
                    SocketChannel peer = SocketChannel.open(server.bind(address).getLocalAddress());
                    SocketChannel ours = server.accept()) {
                ours.configureBlocking(false);
                assertThat(Descriptors.hasInput(ours)).isFalse();
                peer.write(ByteBuffer.wrap(new byte[] {1}));
                assertThat(Descriptors.hasInput(ours)).isTrue();
                ByteBuffer one = ByteBuffer.allocate(2);
                assertThat(ours.read(one)).isEqualTo(1);
                assertThat(Descriptors.hasInput(ours)).isFalse();
                peer.close();
                assertThat(Descriptors.hasInput(ours)).isTrue();
            }
        }
    }
}

package circus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZmtpDecoderTest {
    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100, 4096, 100_000})
    void frames_come_out_whole_however_the_bytes_are_cut(int piece) throws Exception {
        ByteBuffer stream = ByteBuffer.allocate(100_000);
        List<ZmtpFrame> sent = List.of(
                new ZmtpFrame(true, false, new byte[0]),
                new ZmtpFrame(false, false, new byte[255]),
                new ZmtpFrame(false, false, new byte[256]),
                new ZmtpFrame(false, true, "\4PING\0\0".getBytes(StandardCharsets.ISO_8859_1)),
                new ZmtpFrame(false, false, "x".repeat(70_000).getBytes(StandardCharsets.ISO_8859_1)),
                new ZmtpFrame(true, false, new byte[] {1}));
        for (ZmtpFrame frame : sent) {
            stream.put(frame.encode());
        }
        stream.flip();
        ZmtpDecoder decoder = new ZmtpDecoder();
        List<String> received = new ArrayList<>();
        while (stream.hasRemaining()) {
            ByteBuffer part = stream.slice(stream.position(), Math.min(piece, stream.remaining()));
            stream.position(stream.position() + part.remaining());
            decoder.append(part);
            for (ZmtpFrame frame = decoder.frame(); frame != null; frame = decoder.frame()) {
                received.add(shown(frame));
            }
        }
        assertThat(received).isEqualTo(sent.stream().map(ZmtpDecoderTest::shown).toList());
    }

    private static String shown(ZmtpFrame frame) {
        return frame.more() + " " + frame.command() + " " + new String(frame.body(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void a_greeting_is_read_byte_by_byte() throws Exception {
        ZmtpDecoder decoder = new ZmtpDecoder();
        byte[] greeting = FakePeer.greeting(1, "NULL");
        for (int i = 0; i < greeting.length; i++) {
            assertThat(decoder.greeting("NULL")).isFalse();
            decoder.append(ByteBuffer.wrap(greeting, i, 1));
        }
        assertThat(decoder.greeting("NULL")).isTrue();
        assertThat(decoder.frame()).isNull();
    }

    @Test
    void an_older_protocol_is_refused_as_soon_as_it_shows() {
        ZmtpDecoder decoder = new ZmtpDecoder();
        decoder.append(bytes(0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1));
        assertThatThrownBy(() -> decoder.greeting("NULL")).hasMessageContaining("before 3.0");
    }

    @Test
    void a_first_byte_of_something_else_is_refused_at_once() {
        ZmtpDecoder decoder = new ZmtpDecoder();
        decoder.append(bytes('P'));
        assertThatThrownBy(() -> decoder.greeting("NULL")).hasMessageContaining("does not speak ZeroMQ");
    }

    @Test
    void reserved_flags_negative_sizes_and_long_commands_are_refused() {
        assertThatThrownBy(() -> first(bytes(8, 0))).hasMessageContaining("unknown flags");
        assertThatThrownBy(() -> first(bytes(2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)))
                .hasMessageContaining("-1 bytes");
        assertThatThrownBy(() -> first(bytes(6, 0, 0, 0, 0, 0, 1, 0, 1))).hasMessageContaining("65537 bytes");
    }

    private static void first(ByteBuffer bytes) throws PeerException {
        ZmtpDecoder decoder = new ZmtpDecoder();
        decoder.append(bytes);
        assertThat(decoder.frame()).isNotNull();
    }

    @Test
    void commands_that_are_cut_short_are_refused() {
        assertThatThrownBy(() -> ZmtpCommand.decode(new byte[0])).isInstanceOf(PeerException.class);
        assertThatThrownBy(() -> ZmtpCommand.decode(new byte[] {0})).isInstanceOf(PeerException.class);
        assertThatThrownBy(() -> ZmtpCommand.decode(new byte[] {5, 'R', 'E'})).isInstanceOf(PeerException.class);
        for (String data : List.of("\13Socket-Type", "\13Socket-Type\0\0\0\7PU", "\13Sock", "\1x\377\377\377\377")) {
            ZmtpCommand ready = new ZmtpCommand("READY", data.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(ready::socketType).isInstanceOf(PeerException.class);
        }
    }

    @Test
    void the_socket_type_is_found_among_other_properties() throws Exception {
        String data = "\10Identity\0\0\0\2ab\13socket-TYPE\0\0\0\3PUB";
        assertThat(new ZmtpCommand("READY", data.getBytes(StandardCharsets.ISO_8859_1)).socketType())
                .isEqualTo("PUB");
        assertThat(ZmtpCommand.decode(ZmtpCommand.ready("DEALER").body()).socketType())
                .isEqualTo("DEALER");
        assertThat(new ZmtpCommand("READY", new byte[0]).socketType()).isEmpty();
    }
}

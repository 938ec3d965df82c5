package papa.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wire as it is written down, and what the decoder says of bytes that are not it. */
class FrameDecoderTest {
    private final Sent.Log log = new Sent.Log();
    private final FrameDecoder decoder = new FrameDecoder(log);

    @Test
    void a_reply_and_the_frames_around_it_are_read_in_order() throws FrameException {
        feed("""
                process 17 4242 1795209723000000 circus.web.1
                out 17 0 1795209723000001 6
                hello

                ok 2s 5
                alpha
                gap 17 err 4 10 5 6
                error 2t 0

                exit 17 -9 7 2
                exit 18 0 8 0 user=5 system=6 maxrss=7 later=x
                exit 19 0 9 0 user=5
                exit 20 0 9 0 maxrssbelow=7 system=6 user=5
                end 17
                gone 17
                knock "a b"
                """);

        assertThat(log.all)
                .containsExactly(
                        new Sent.OfFrame(new Frame.Announced(17, 4242, 1795209723000000L, "circus.web.1")),
                        new Sent.OfFrame(new Frame.Data(17, Frame.Channel.OUT, 0, 1795209723000001L, bytes("hello\n"))),
                        new Sent.OfReply("2s", true, "alpha"),
                        new Sent.OfFrame(new Frame.Gap(17, Frame.Channel.ERR, 4, 10, 5, 6)),
                        new Sent.OfReply("2t", false, ""),
                        new Sent.OfFrame(new Frame.Exit(17, -9, 7, 2)),
                        new Sent.OfFrame(new Frame.Exit(18, 0, 8, 0, new Usage(5, 6, 7, true))),
                        new Sent.OfFrame(new Frame.Exit(19, 0, 9, 0)),
                        new Sent.OfFrame(new Frame.Exit(20, 0, 9, 0, new Usage(5, 6, 7, false))),
                        new Sent.OfFrame(new Frame.End(17)),
                        new Sent.OfFrame(new Frame.Gone(17)),
                        new Sent.OfFrame(new Frame.Knock("a b")));
    }

    @Test
    void a_quoted_name_is_read_as_the_text_that_it_stands_for() throws FrameException {
        feed("process 1 2 3 \"circus.\\xc3\\xa4 b\"\n");
        assertThat(log.all).containsExactly(new Sent.OfFrame(new Frame.Announced(1, 2, 3, "circus.ä b")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hallo 1 2            | its first word is unknown",
                "''                   | its first word is empty",
                "ok 1                 | it ends before LEN",
                "ok 1 x               | LEN is not a whole number",
                "ok 1 -1              | LEN is not between 0 and 67108864",
                "ok 1 67108865        | LEN is not between 0 and 67108864",
                "ok 1 2 3             | there is more than expected",
                "ok  1 2              | TAG is empty",
                "ok aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 | TAG is longer than 32 characters",
                "out 1 2 3 65537      | LEN is not between 0 and 65536",
                "out 1 -2 3 4         | OFFSET is not between 0 and 9223372036854775807",
                "gap 1 in 2 3 4 5     | the stream is neither out nor err",
                "exit 1 256 2 3       | CODE is not between -255 and 255",
                "exit 1 2 3 4 5       | there is more than expected",
                "end 99999999999999999999 | INC is not a whole number",
                "process 1 2 3        | NAME is not one word but 0",
                "process 1 2 3 a b    | NAME is not one word but 2",
                "process 1 2 3 a\"b   | NAME is no word",
            })
    void a_line_that_is_none_is_refused_and_quoted(String line, String why) {
        assertThatThrownBy(() -> feed(line + "\n"))
                .isInstanceOf(FrameException.class)
                .hasMessageStartingWith("cannot read the line \"" + line + "\" of the kernel: ")
                .hasMessageContaining(why);
        assertThat(log.all).isEmpty();
    }

    @Test
    void after_damage_nothing_is_read_any_more() {
        assertThatThrownBy(() -> feed("zork\n")).isInstanceOf(FrameException.class);
        assertThatThrownBy(() -> feed("end 1\n")).isInstanceOf(FrameException.class);
        assertThat(log.all).isEmpty();
    }

    @Test
    void a_payload_without_its_line_feed_is_refused() {
        assertThatThrownBy(() -> feed("ok 1 3\nabcd\n"))
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("no line feed stands behind a payload of 3 bytes");
    }

    @Test
    void a_line_of_64_KiB_passes_and_one_more_byte_does_not() throws FrameException {
        String start = "process 1 2 3 ";
        String name = "n".repeat(Frame.LINE_LIMIT - start.length());
        feed(start + name + "\n");
        assertThat(log.all).containsExactly(new Sent.OfFrame(new Frame.Announced(1, 2, 3, name)));

        assertThatThrownBy(() -> feed(start + name + "n\n"))
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("longer than 64 KiB");
    }

    @Test
    void an_endless_line_is_refused_before_it_ends() throws FrameException {
        String piece = "x".repeat(1024);
        for (int i = 0; i < 64; i++) {
            feed(piece);
        }
        assertThatThrownBy(() -> feed("x")).isInstanceOf(FrameException.class).hasMessageContaining("64 KiB");
    }

    @Test
    void a_reply_of_8_MiB_in_pieces_of_100_bytes_takes_time_in_proportion() throws FrameException {
        byte[] body = new byte[8 << 20];
        Arrays.fill(body, (byte) 'b');
        feed("ok 1 " + body.length + "\n");
        for (int at = 0; at < body.length; at += 100) {
            decoder.feed(ByteBuffer.wrap(body, at, Math.min(100, body.length - at)));
        }
        feed("\n");
        assertThat(log.all).isEqualTo(List.of(new Sent.OfReply("1", true, new String(body, ISO_8859_1))));
    }

    private void feed(String byteString) throws FrameException {
        decoder.feed(bytes(byteString));
    }

    private static ByteBuffer bytes(String byteString) {
        return ByteBuffer.wrap(byteString.getBytes(ISO_8859_1));
    }
}

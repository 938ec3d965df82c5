package circus.manager.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class Utf8Test {
    @Test
    void the_beginning_of_a_character_is_told_by_its_length() {
        for (String character : new String[] {"a", "é", "€", "😀"}) {
            byte[] bytes = ("x" + character).getBytes(StandardCharsets.UTF_8);
            for (int to = 1; to <= bytes.length; to++) {
                int expected = to == bytes.length ? 0 : to - 1;
                assertThat(Utf8.unfinished(bytes, 0, to))
                        .as(character + " up to " + to)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void bytes_that_never_become_a_character_are_complete() {
        assertThat(Utf8.unfinished(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80}, 0, 4))
                .isZero();
        assertThat(Utf8.unfinished(new byte[] {(byte) 0xff}, 0, 1)).isZero();
        assertThat(Utf8.unfinished(new byte[0], 0, 0)).isZero();
    }
}

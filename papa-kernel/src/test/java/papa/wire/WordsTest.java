package papa.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @Test
    void papa_separates_words_at_blanks_and_empty_words_vanish() {
        assertThat(Words.splitPapa("set  a   1 ")).containsExactly("set", "a", "1");
        assertThat(Words.splitPapa("")).isEmpty();
    }

    @Test
    void a_backslash_at_the_end_of_a_papa_word_joins_it_with_the_next_by_one_blank() {
        assertThat(Words.splitPapa("set c two\\ words  x")).containsExactly("set", "c", "two words", "x");
        assertThat(Words.splitPapa("set d a\\")).containsExactly("set", "d", "a ");
        assertThat(Words.splitPapa("a\\b c\\\\")).containsExactly("a\\b", "c\\ ");
    }

    @Test
    void quoted_words_carry_blanks_newlines_nothing_and_any_byte() throws WordsException {
        assertThat(Words.splitQuoted("set \"a b\" \"\" \"x\\ny\" \"\\x00\\xff\" env.K=\"v w\" env.E=\"\""))
                .containsExactly("set", "a b", "", "x\ny", "\0\u00ff", "env.K=v w", "env.E=");
    }

    @Test
    void a_value_keeps_the_equals_signs_behind_its_first() throws WordsException {
        assertThat(Words.splitQuoted("env.K=a=b")).containsExactly("env.K=a=b");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "a\"b, column 2: a quote may stand only",
                "'\"a', does not end",
                "'\"a\"b', column 4: a blank must follow",
                "'\"\\q\"', the escape \\q is unknown",
                "'\"\\x1\"', two hexadecimal digits",
                "a\\b, a backslash may stand only in quotes",
            })
    void a_line_that_is_not_made_of_words_is_told_with_its_column(String line, String cause) {
        assertThatThrownBy(() -> Words.splitQuoted(line))
                .isInstanceOf(WordsException.class)
                .hasMessageContaining(cause);
    }

    @Provide
    Arbitrary<List<String>> byteStrings() {
        return Arbitraries.strings()
                .withCharRange('\0', '\u00ff')
                .ofMaxLength(20)
                .list();
    }

    @Test
    void a_tag_has_up_to_32_digits_and_small_letters() {
        assertThat(Words.isTag("0az9")).isTrue();
        assertThat(Words.isTag("a".repeat(32))).isTrue();
        assertThat(Words.isTag("a".repeat(33))).isFalse();
        for (String each : List.of("", "A", "a-b", "/", ":", "`", "{", "\u00e9")) {
            assertThat(Words.isTag(each)).as(each).isFalse();
        }
    }

    @Property
    void whatever_is_written_on_a_line_is_read_from_it(@ForAll("byteStrings") List<String> words)
            throws WordsException {
        String line = Words.line(words);
        assertThat(line).doesNotContain("\n");
        assertThat(Words.splitQuoted(line)).isEqualTo(words);
    }

    @Property
    void text_survives_its_way_through_bytes(@ForAll String text) {
        String sound = text.codePoints()
                .filter(each -> each < 0xd800 || each > 0xdfff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(Words.text(Words.utf8(sound))).isEqualTo(sound);
        assertThat(Words.utf8(sound).chars()).allMatch(each -> each < 256);
    }
}

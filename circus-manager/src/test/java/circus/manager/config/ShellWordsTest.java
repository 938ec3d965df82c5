package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ShellWordsTest {
    @Test
    void blanks_and_newlines_separate_words() throws UnbalancedException {
        assertThat(ShellWords.split(" a\tb\r\n c ")).containsExactly("a", "b", "c");
        assertThat(ShellWords.split("")).isEmpty();
    }

    @Test
    void a_backslash_keeps_a_space_inside_a_word() throws UnbalancedException {
        assertThat(ShellWords.split("a\\ b \\\"c\\\\")).containsExactly("a b", "\"c\\");
    }

    @Test
    void single_quotes_keep_everything() throws UnbalancedException {
        assertThat(ShellWords.split("'a \\ \" $x' '' x'y'z")).containsExactly("a \\ \" $x", "", "xyz");
    }

    @Test
    void in_double_quotes_a_backslash_protects_quotes_and_backslashes_only() throws UnbalancedException {
        assertThat(ShellWords.split("\"a\\\"b\\\\c\\d\" \"\"")).containsExactly("a\"b\\c\\d", "");
    }

    @Test
    void other_characters_of_a_shell_are_plain_text() throws UnbalancedException {
        assertThat(ShellWords.split("# ; | & $X ~ *")).containsExactly("#", ";", "|", "&", "$X", "~", "*");
    }

    @Test
    void quotes_are_closed_and_a_backslash_is_followed_by_something() {
        assertUnbalanced("a 'b", "No closing quotation");
        assertUnbalanced("\"", "No closing quotation");
        assertUnbalanced("\"a\\\"", "No closing quotation");
        assertUnbalanced("a\\", "No escaped character");
    }

    @Property
    void words_in_single_quotes_come_back(@ForAll List<String> words) throws UnbalancedException {
        String text = words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
        assertThat(ShellWords.split(text)).isEqualTo(words);
    }

    private static void assertUnbalanced(String text, String message) {
        assertThatExceptionOfType(UnbalancedException.class)
                .isThrownBy(() -> ShellWords.split(text))
                .withMessage(message);
    }
}

package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IniFileTest {
    @TempDir
    Path home;

    private final Problems problems = new Problems();

    @Test
    void lines_are_options_with_the_first_equals_sign_or_colon_between() throws IOException {
        assertThat(section(
                        "a = 1\nb: 2\nc=x=y:z\nd : x = y\n\te f\t=\tg h\t\nhttp://x = 1", "a", "b", "c", "d", "http"))
                .containsExactly("1", "2", "x=y:z", "x = y\ne f\t=\tg h", "//x = 1");
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void comments_begin_in_column_1_or_after_a_blank_and_semicolon() throws IOException {
        assertThat(section(
                        "# c\n; c\na = x ; c\nb = a;b ; c\nc = x # no\nd = ;x\ne = ; c \nf = \"a ; b\"\n",
                        "a",
                        "b",
                        "c",
                        "d",
                        "e",
                        "f"))
                .containsExactly("x", "a;b ; c", "x # no", ";x", "", "\"a");
    }

    @Test
    void a_lone_semicolon_is_a_value() throws IOException {
        assertThat(section("a = ;\nb =;;\nc = ; ;", "a", "b", "c")).containsExactly(";", ";;", "; ;");
    }

    @Test
    void two_double_quotes_are_an_empty_value_and_other_quotes_stay() throws IOException {
        assertThat(section("a = \"\"\nb =\nc = \"\" ; c\nd = \"x\"\ne = ''", "a", "b", "c", "d", "e"))
                .containsExactly("", "", "", "\"x\"", "''");
    }

    @Test
    void indented_lines_continue_an_option_across_comments_and_blank_lines() throws IOException {
        assertThat(section("a = x\n  one ; two\n# c\n\n\t#three  \n  rem four\nb = 1", "a", "b"))
                .containsExactly("x\none ; two\n#three\nrem four", "1");
    }

    @Test
    void an_option_without_a_value_of_its_own_keeps_the_newline_of_its_first_continuation() throws IOException {
        assertThat(section("a =\n  one\nb = \"\"\n  two", "a", "b")).containsExactly("\none", "\ntwo");
    }

    @Test
    void a_line_that_begins_with_rem_is_a_comment() throws IOException {
        assertThat(section("rem a = 1\nREM\nremark = 5\nrem=6\n rem = 7\nrem = 8", "remark", "rem"))
                .containsExactly("5", "6\nrem = 7");
        assertWarnings("7: 'rem = 8' is a comment, since it begins with the word rem");
    }

    @Test
    void backslashes_and_percent_signs_are_ordinary() throws IOException {
        assertThat(section("a = c:\\new\\\nb = %(a)s\nc\\=d = \\\\x\ne = \\u0041", "a", "b", "c\\", "e"))
                .containsExactly("c:\\new\\", "%(a)s", "d = \\\\x", "\\u0041");
    }

    @Test
    void lines_may_end_as_on_other_systems_and_a_byte_order_mark_is_skipped() throws IOException {
        assertThat(values("\uFEFF[s]\r\na = x\r\n  y\rb = z", "s", "a", "b")).containsExactly("x\ny", "z");
    }

    @Test
    void keys_and_sections_keep_their_case_and_inner_blanks() throws IOException {
        assertThat(values("[S a]\nKey one = 1\nkey one = 2", "S a", "Key one", "key one"))
                .containsExactly("1", "2");
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void blanks_at_the_edges_of_a_section_belong_to_its_name() throws IOException {
        assertThat(values("[watcher: a ]\nx = 1", "watcher: a ", "x")).containsExactly("1");
    }

    @Test
    void a_section_reaches_up_to_the_last_bracket_of_its_line() throws IOException {
        assertThat(values("[a]b] c\nx = 1\n[d] ; note\n[e] junk\n[f] # note", "a]b", "x"))
                .containsExactly("1");
        assertWarnings(
                "1: the name of this section is 'a]b', since a name reaches up to the last bracket of its line",
                "4: 'junk' after [e] is ignored");
    }

    @Test
    void the_first_value_counts_and_a_duplicate_goes_with_its_continuation() throws IOException {
        assertThat(section("a = 1\na = 2\n  more\nb = 3\n  x", "a", "b")).containsExactly("1", "3\nx");
        assertWarnings("3: a in [s] is ignored, since the first value counts, which is in line 2");
    }

    @Test
    void a_section_that_is_opened_again_goes_on() throws IOException {
        assertThat(values("[a]\nx = 1\n[b]\n[a]\nx = 2\ny = 3", "a", "x", "y")).containsExactly("1", "3");
        assertWarnings("5: x in [a] is ignored, since the first value counts, which is in line 2");
    }

    @Test
    void options_of_DEFAULT_count_where_a_section_has_none() throws IOException {
        IniDocument document = read("[a]\nx = 1\n[DEFAULT]\nx = 2\ny = 3\n[b]\n");
        assertThat(document.sections()).extracting(IniSection::name).containsExactly("a", "b");
        assertThat(texts(document, "a")).isEqualTo(Map.of("x", "1", "y", "3"));
        assertThat(texts(document, "b")).isEqualTo(Map.of("x", "2", "y", "3"));
    }

    @Test
    void an_indented_option_below_a_header_has_another_name() throws IOException {
        assertThat(section("  cmd = x\n  y", "  cmd")).containsExactly("x\ny");
        assertWarnings(
                "2: '  cmd' is not the option 'cmd', since the blanks are part of its name; begin it in column 1");
    }

    @Test
    void an_indented_header_is_none() throws IOException {
        assertThat(section("a = 1\n  [b]\nc = 2", "a", "c")).containsExactly("1\n[b]", "2");
    }

    @Test
    void a_value_without_a_name_is_ignored() throws IOException {
        assertThat(section("= x\n : y\na = 1", "a")).containsExactly("1");
        assertWarnings(
                "2: this line is ignored, since there is no name in front of its value",
                "3: this line is ignored, since there is no name in front of its value");
    }

    @Test
    void every_line_that_cannot_be_read_is_told() throws IOException {
        values("x = 1\ny = 2\n[]\n[a]\njunk\nb = 1\nmore junk\n  c = 2\n[]\n", "a", "b");
        assertErrors(
                "1: cannot place 'x = 1': no section has begun; write a line such as [watcher:NAME] above it",
                "5: cannot read 'junk': it is neither [SECTION] nor NAME = VALUE; to continue the option above, indent it",
                "7: cannot read 'more junk': it is neither [SECTION] nor NAME = VALUE; to continue the option above, indent it",
                "9: cannot read '[]': it is neither [SECTION] nor NAME = VALUE; to continue the option above, indent it");
    }

    @Test
    void a_line_of_junk_swallows_nothing_of_what_follows() throws IOException {
        assertThat(section("a = 1\njunk\n  x = 2\nb = 3", "a", "b")).containsExactly("1\nx = 2", "3");
        assertThat(problems.errors()).extracting(Problem::line).containsExactly(3);
    }

    @Test
    void characters_that_no_process_could_be_given_are_refused() throws IOException {
        section("a = x\0y\nb = \uFDD1\nc = 1", "c");
        assertErrors(
                "2: cannot read the character U+0000: no text may hold it",
                "3: cannot read the character U+FDD1: no text may hold it");
    }

    @Test
    void a_file_in_another_encoding_is_refused_with_its_line() throws IOException {
        Path file = home.resolve("latin.ini");
        Files.write(file, "[a]\nb = 1\nc = caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        IniFile.read(file, new IniDocument(file), problems);
        assertErrors("3: cannot read this line: it is not UTF-8; save the file in that encoding");
    }

    @Test
    void a_file_that_ends_in_the_middle_of_a_character_is_refused() throws IOException {
        Path file = home.resolve("cut.ini");
        Files.write(file, new byte[] {'[', 'a', ']', '\n', (byte) 0xc3});
        IniFile.read(file, new IniDocument(file), problems);
        assertErrors("2: cannot read this line: it is not UTF-8; save the file in that encoding");
    }

    @Test
    void an_empty_file_says_nothing() throws IOException {
        assertThat(read("").sections()).isEmpty();
        assertThat(read("\n\n# c\n").sections()).isEmpty();
        assertThat(problems.errors()).isEmpty();
    }

    private List<String> section(String body, String... keys) throws IOException {
        return values("[s]\n" + body, "s", keys);
    }

    private List<String> values(String text, String section, String... keys) throws IOException {
        Map<String, String> texts = texts(read(text), section);
        return Arrays.stream(keys).map(texts::get).collect(Collectors.toList());
    }

    private static Map<String, String> texts(IniDocument document, String section) {
        return Objects.requireNonNull(document.section(section)).entries().stream()
                .collect(Collectors.toMap(IniEntry::key, IniEntry::value));
    }

    private IniDocument read(String text) throws IOException {
        Path file = Files.writeString(home.resolve("main.ini"), text);
        IniDocument document = new IniDocument(file);
        IniFile.read(file, document, problems);
        return document;
    }

    private void assertErrors(String... expected) {
        assertThat(problems.errors().stream().map(IniFileTest::lineAndText)).containsExactly(expected);
    }

    private void assertWarnings(String... expected) {
        assertThat(problems.warnings().stream().map(IniFileTest::lineAndText)).containsExactly(expected);
    }

    private static String lineAndText(Problem problem) {
        return problem.line() + ": " + problem.text();
    }
}

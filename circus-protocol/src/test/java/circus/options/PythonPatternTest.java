package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

class PythonPatternTest {
    private static Matcher match(String expression, String text) {
        Matcher matcher = PythonPattern.compile(expression).matcher(text);
        assertThat(matcher.lookingAt()).as(expression + " on " + text).isTrue();
        return matcher;
    }

    @Test
    void groups_are_called_as_in_Python() {
        assertThat(match("^(?P<pid>.*);(?P<timestamp>.*)$", "42;1.5\n").group("pid"))
                .isEqualTo("42");
        assertThat(match("(?P<app_name>\\w+) (?P<pid>[0-9]+) (?P=app_name)", "web 42 web")
                        .group("pid"))
                .isEqualTo("42");
        assertThat(match("(?P<a_b>x)(?P<a__b>y)(?P=a__b)(?P=a_b)\\Z", "xyyx").groupCount())
                .isEqualTo(2);
    }

    @Test
    void what_is_escaped_is_no_group() {
        assertThat(match("\\(\\?P<a>", "(?P<a>").group()).isEqualTo("(?P<a>");
        assertThat(match("\\\\(?P<pid>x)", "\\x").group("pid")).isEqualTo("x");
    }

    @Test
    void a_dot_is_no_line_feed_and_nothing_else_is_one() {
        assertThat(match("(.*)$", "a\rb\u2028c\n").group(1)).isEqualTo("a\rb\u2028c");
        assertThat(PythonPattern.compile("a.b").matcher("a\nb").lookingAt()).isFalse();
    }

    @Test
    void what_is_no_expression_is_told() {
        assertThatThrownBy(() -> PythonPattern.compile("(?P<pid>")).isInstanceOf(PatternSyntaxException.class);
        assertThatThrownBy(() -> PythonPattern.compile("(?P<pid>x)(?P<pid>y)"))
                .isInstanceOf(PatternSyntaxException.class);
    }
}

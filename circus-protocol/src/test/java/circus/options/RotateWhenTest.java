package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotateWhenTest {
    @Test
    void case_does_not_matter() throws BadValueException {
        assertThat(RotateWhen.parse("midnight")).isEqualTo(RotateWhen.MIDNIGHT);
        assertThat(RotateWhen.parse("h")).isEqualTo(RotateWhen.H);
        assertThat(RotateWhen.parse("w6").day()).contains(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "noon | Invalid rollover interval specified: noon",
                "W | You must specify a day for weekly rollover from 0 to 6 (0 is Monday): W",
                "W7 | Invalid day specified for weekly rollover: W7",
            })
    void mistakes_are_told_as_by_circus(String text, String error) {
        assertThatThrownBy(() -> RotateWhen.parse(text))
                .isInstanceOf(BadValueException.class)
                .hasMessageContaining(error);
    }
}

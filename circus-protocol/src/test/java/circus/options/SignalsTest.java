package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "int,2",
        "SIGQUIT,3",
        "3,3",
        "' 15 ',15",
        "rtmin+2,36",
        "SIGRTMAX,64",
        "usr1+2,12",
        "HUP junk,1",
        "TERM+x,15",
        "SigTerm,15",
        "hup (reload),1",
        "64,64",
        "+9,9"
    })
    void names_and_numbers_are_taken_in_all_spellings_of_circus(String text, int number) throws BadValueException {
        assertThat(Signals.number(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"BOGUS", "", "$(circus.env.SIG)", "999", "-9", "0", "65", "RTMAX+1", "99999999999", "TERM+999"})
    void what_is_no_signal_gives_one_clear_error(String text) {
        assertThatExceptionOfType(BadValueException.class)
                .isThrownBy(() -> Signals.number(text))
                .withMessage("'" + text + "' is not a signal (a name such as TERM, or 1 to 64)");
    }

    @Test
    void a_shell_knows_them_by_the_same_numbers() throws Exception {
        String script = "for number in $(seq 31); do kill -l $number; done";
        Process shell =
                new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        String names = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        int number = 0;
        for (String name : names.strip().split("\\s+")) {
            number++;
            assertThat(Signals.number(name)).as(name).isEqualTo(number);
        }
        assertThat(number).isEqualTo(31);
    }
}

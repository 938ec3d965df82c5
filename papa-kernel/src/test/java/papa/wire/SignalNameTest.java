package papa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignalNameTest {
    @Test
    void a_signal_has_a_number_and_two_names() {
        assertThat(SignalName.number("TERM")).contains(15);
        assertThat(SignalName.number("SIGTERM")).contains(15);
        assertThat(SignalName.number("sigterm")).contains(15);
        assertThat(SignalName.number("15")).contains(15);
        assertThat(SignalName.of(15)).isEqualTo("TERM");
        assertThat(SignalName.of(40)).isEqualTo("40");
    }

    @Test
    void numbers_end_at_64() {
        assertThat(SignalName.number("0")).contains(0);
        assertThat(SignalName.number("64")).contains(64);
        assertThat(SignalName.number("65")).isEmpty();
        assertThat(SignalName.number("-1")).isEmpty();
        assertThat(SignalName.number("")).isEmpty();
        assertThat(SignalName.number("SIG")).isEmpty();
        assertThat(SignalName.number("SIG15")).isEmpty();
        assertThat(SignalName.number("99999999999")).isEmpty();
    }

    @Test
    void each_name_stands_at_its_number() {
        for (SignalName each : SignalName.values()) {
            assertThat(SignalName.of(each.number())).isEqualTo(each.name());
        }
    }
}

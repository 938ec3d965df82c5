package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsTest {
    private final Signals signals = new Signals();
    private final List<String> heard = new ArrayList<>();

    @Test
    void what_comes_while_nobody_listens_is_for_who_comes_next() {
        signals.came("TERM");
        signals.came("HUP");
        assertThat(signals.wantEnd()).isTrue();

        signals.ring(() -> heard.addAll(signals.take()));

        assertThat(heard).containsExactly("TERM", "HUP");
        assertThat(signals.wantEnd()).isFalse();
        signals.came("USR1");
        assertThat(heard).containsExactly("TERM", "HUP", "USR1");
    }

    @Test
    void what_nobody_has_taken_stays() {
        signals.ring(() -> heard.add("rung")); // a loop that ends before it looks
        signals.came("TERM");
        signals.came("TERM");
        assertThat(heard).containsExactly("rung", "rung");

        signals.ring(() -> heard.addAll(signals.take()));

        assertThat(heard).containsExactly("rung", "rung", "TERM");
        assertThat(signals.take()).isEmpty();
    }
}

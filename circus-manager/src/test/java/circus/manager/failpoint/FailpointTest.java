package circus.manager.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FailpointTest {
    @Test
    void a_place_is_named_with_or_without_a_count() {
        assertThat(Failpoint.parse("after-write:3")).isEqualTo(new Failpoint.Choice(Failpoint.AFTER_WRITE, 3));
        assertThat(Failpoint.parse("before-commit")).isEqualTo(new Failpoint.Choice(Failpoint.BEFORE_COMMIT, 1));
    }

    @Test
    void what_names_no_place_is_refused_with_the_names_of_all() {
        for (String wrong :
                new String[] {"nowhere", "after-write:0", "after-write:", "AFTER_WRITE", "after-write:9999999999"}) {
            assertThatThrownBy(() -> Failpoint.parse(wrong))
                    .hasMessageStartingWith("cannot use CIRCUS_FAILPOINT=" + wrong + ": ")
                    .hasMessageContaining("before-write, torn-write, after-write");
        }
    }

    @Test
    void without_the_variable_nothing_happens() {
        for (Failpoint place : Failpoint.values()) {
            place.pass();
            assertThat(place.isDue()).isFalse();
        }
    }
}

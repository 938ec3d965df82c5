package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VariablesTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("USER", "tarek", "HOME", "/root", "HOME2", "$1\\");

    @ParameterizedTest
    @CsvSource({
        "$(circus.env.user),tarek",
        "((Circus.ENV.User)),tarek",
        "a$(circus.env.USER)b((circus.env.home))c,atarekb/rootc",
        "$((circus.env.user)),$tarek",
        "$(circus.env.nope),$(circus.env.nope)",
        "$( circus.env.user),$( circus.env.user)",
        "$(env.user),$(env.user)",
        "${circus.env.user},${circus.env.user}",
        "$circus.env.user,$circus.env.user",
        "$(circus.),$(circus.)",
        "$(circus.$(circus.env.user)),$(circus.tarek)",
        "$(circus.env.home2),$1\\"
    })
    void circus_variables_are_replaced_once_and_unknown_ones_stay(String text, String expanded) {
        assertThat(Variables.expand(text, Variables.environment(ENVIRONMENT))).isEqualTo(expanded);
    }

    @ParameterizedTest
    @CsvSource({
        "$HOME/x,/root/x",
        "$path ${PATH} $NOPE!,$path ${PATH} !",
        "$HOME2,$1\\",
        "$HOMEx,/rootx",
        "$_X $1,$_X $1",
        "'  $USER  ',tarek",
        "$$USER,$tarek"
    })
    void dollars_replace_names_in_capitals_and_leave_nothing_for_unknown_ones(String text, String expanded) {
        assertThat(Variables.expandDollars(text, ENVIRONMENT)).isEqualTo(expanded);
    }

    @Test
    void names_are_listed_in_their_order_and_once() {
        String text = "$(circus.sockets.B) ((circus.sockets.a)) $(circus.sockets.b) $(circus.env.X)";
        assertThat(Variables.sockets(text)).containsExactly("b", "a");
        assertThat(Variables.environmentNames(text)).containsExactly("x");
    }
}

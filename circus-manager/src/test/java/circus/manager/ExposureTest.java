package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExposureTest {
    private static final OptionValues OPEN = OptionValues.NONE.with(CircusOptions.ENDPOINT_OPEN, true);

    @Test
    void root_is_warned_where_anybody_may_come() {
        assertThat(Exposure.of(OPEN, 0))
                .contains(
                        "circusd runs as root, and everybody who can reach tcp://127.0.0.1:5555 can have it run anything as root,"
                                + " since endpoint_open = true; leave that out and name a user by endpoint_owner, or give keys by"
                                + " curve_server_key and curve_clients (docs/security.md)");
        assertThat(Exposure.of(OPEN.with(CircusOptions.ENDPOINT_OWNER, Optional.of("games")), 0))
                .hasValueSatisfying(text -> assertThat(text).contains("can start and stop all that it runs"));
    }

    @Test
    void nobody_else_is() {
        assertThat(Exposure.of(OptionValues.NONE, 0)).isEmpty();
        assertThat(Exposure.of(OPEN, 1000)).isEmpty();
        assertThat(Exposure.of(OPEN.with(CircusOptions.CURVE_SERVER_KEY, Optional.of("key")), 0))
                .isEmpty();
        assertThat(Exposure.of(OptionValues.NONE.with(CircusOptions.ENDPOINT, "tcp://0.0.0.0:5555"), 0))
                .isEmpty();
    }
}

package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.curve.ClientKeys;
import circus.curve.CurveKey;
import circus.curve.KeyFile;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final OptionalInt ROOT = OptionalInt.of(0);
    private static final OptionalInt OWN = OptionalInt.of(1000);
    private static final OptionalInt STRANGER = OptionalInt.of(1001);
    private static final OptionalInt UNKNOWN = OptionalInt.empty();

    private static Access access(boolean open, boolean keys) {
        CurveKey key = CurveKey.of(new byte[CurveKey.BYTES]);
        Keys some =
                new Keys(new KeyFile(key, Optional.of(key), Optional.empty()), new ClientKeys(Map.of(key, "somebody")));
        return new Access(Set.of(0, 1000), Optional.empty(), open, keys ? Optional.of(some) : Optional.empty());
    }

    @Test
    void on_this_machine_those_who_are_named_may() {
        Access access = access(false, false);
        assertThat(access.refusal(true, ROOT)).isEmpty();
        assertThat(access.refusal(true, OWN)).isEmpty();
        assertThat(access.refusal(true, STRANGER)).get().asString().startsWith("that user may not use this circusd");
        assertThat(access.refusal(true, UNKNOWN)).contains("whose it is cannot be found out");
    }

    @Test
    void from_other_machines_nobody_comes_without_keys() {
        assertThat(access(false, false).refusal(false, UNKNOWN))
                .get()
                .asString()
                .startsWith("it comes from another");
        assertThat(access(false, true).refusal(false, UNKNOWN)).isEmpty();
    }

    @Test
    void a_key_does_not_make_another_user_of_this_machine_welcome() {
        assertThat(access(false, true).refusal(true, STRANGER)).isPresent();
    }

    @Test
    void where_it_is_open_everybody_may() {
        assertThat(access(true, false).refusal(true, STRANGER)).isEmpty();
        assertThat(access(true, false).refusal(true, UNKNOWN)).isEmpty();
        assertThat(access(true, false).refusal(false, UNKNOWN)).isEmpty();
    }

    @Test
    void the_owner_counts_by_name_and_by_number_and_not_at_all_if_nobody_is_called_that() throws CannotListenException {
        assertThat(Access.of(Optional.of("nobody"), false, Optional.empty()).uids())
                .contains(0, 65_534);
        assertThat(Access.of(Optional.of("4242"), false, Optional.empty()).uids())
                .contains(0, 4242);
        Access unknown = Access.of(Optional.of("no-such-user"), false, Optional.empty());
        assertThat(unknown.owner()).isEmpty();
        assertThat(unknown.uids()).hasSizeLessThanOrEqualTo(2);
    }
}

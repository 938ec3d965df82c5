package papa.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;

class ThreadIdentityTest {
    private final Posix posix = new NativePosix();

    @Test
    void nobody_becomes_the_user_or_group_whose_number_means_as_it_is() {
        ThreadIdentity thread = new ThreadIdentity(posix);
        assertThat(thread.assume(new Identity(-1, 1, List.of(), false), false)).isNotNull();
        assertThat(thread.restore()).isTrue();
        assertThat(thread.assume(new Identity(65534, -1, List.of(), false), false))
                .isNotNull();
        assertThat(thread.restore()).isTrue();
        assertThat(posix.uid()).isZero();
    }
}

package circus.tests.harness;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EarlierReleaseTest {
    @Test
    void a_commit_that_is_not_there_is_told_with_what_to_do() {
        assertThatThrownBy(() -> EarlierRelease.of("0123456789012345678901234567890123456789"))
                .hasMessageStartingWith("cannot build the release of commit 0123456789")
                .hasMessageContaining("git fetch --unshallow");
    }
}

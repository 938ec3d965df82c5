package circus.manager.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How the wishes of one turn become requests. */
class CommitsTest {
    private final Commits commits = new Commits();

    @Test
    void nothing_wanted_is_nothing_asked() {
        assertThat(commits.drain()).isEmpty();
        commits.exit(1);
        assertThat(commits.drain()).hasSize(1);
        assertThat(commits.drain()).isEmpty();
    }

    @Test
    void five_hundred_exits_are_one_request_and_none_is_taken_twice() {
        for (int i = 0; i < 500; i++) {
            commits.exit(i);
            commits.exit(i);
        }
        assertThat(commits.drain())
                .singleElement()
                .satisfies(words -> assertThat(words).hasSize(1001));
    }

    @Test
    void of_several_changes_of_a_value_the_last_counts() {
        commits.set("a", "1");
        commits.unset("a");
        commits.unset("b");
        commits.set("b", "2");
        assertThat(commits.drain()).containsExactly(List.of("commit", "unset", "a", "set", "b", "2"));
    }

    @Test
    void long_values_are_spread_over_several_requests() {
        for (int i = 0; i < 10; i++) {
            commits.set("v" + i, "x".repeat(20_000));
        }
        List<List<String>> requests = commits.drain();
        assertThat(requests).hasSize(5).allSatisfy(words -> assertThat(words).startsWith("commit", "set"));
        assertThat(requests.stream().mapToInt(words -> (words.size() - 1) / 3).sum())
                .isEqualTo(10);
    }
}

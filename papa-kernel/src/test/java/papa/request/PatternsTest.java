package papa.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What names and beginnings match, whatever else is named beside them. */
class PatternsTest {
    @Test
    void no_patterns_match_everything() {
        assertThat(new Patterns(List.of()).matches("web")).isTrue();
        assertThat(new Patterns(List.of("*")).matches("")).isTrue();
        assertThat(new Patterns(List.of("")).matches("web")).isFalse();
    }

    @Test
    void many_match_what_one_of_them_matches() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            List<String> words = new ArrayList<>();
            for (int i = random.nextInt(6) + 1; i > 0; i--) {
                words.add(word(random) + (random.nextBoolean() ? "*" : ""));
            }
            String name = word(random);
            assertThat(new Patterns(words).matches(name))
                    .as(name + " of " + words)
                    .isEqualTo(words.stream().anyMatch(word -> Patterns.matches(word, name)));
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            word.append("a.b\u00ff".charAt(random.nextInt(4)));
        }
        return word.toString();
    }
}

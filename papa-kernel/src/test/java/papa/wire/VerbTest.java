package papa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VerbTest {
    @Test
    void papas_words_may_be_abbreviated_and_the_first_in_the_alphabet_wins() {
        assertThat(Verb.find("l")).contains(Verb.LIST);
        assertThat(Verb.find("S")).contains(Verb.SET);
        assertThat(Verb.find("e")).contains(Verb.EXIT_IF_IDLE);
        assertThat(Verb.find("h")).contains(Verb.HELP);
        assertThat(Verb.LIST.findSecond("p")).contains("processes");
        assertThat(Verb.LIST.findSecond("zork")).isEmpty();
    }

    @Test
    void our_own_words_are_never_abbreviated_and_never_match_an_abbreviation() {
        Stream<Verb> ours = Arrays.stream(Verb.values()).filter(verb -> !verb.isPapas());
        assertThat(ours).isNotEmpty().allSatisfy(verb -> {
            assertThat(Verb.find(verb.word())).contains(verb);
            for (int length = 1; length < verb.word().length(); length++) {
                assertThat(Verb.find(verb.word().substring(0, length))).isNotEqualTo(Optional.of(verb));
            }
        });
        assertThat(Verb.FOLLOW.findSecond("out")).isEmpty();
    }

    @Test
    void second_words_stand_in_alphabetical_order_as_errors_list_them() {
        for (Verb verb : Verb.values()) {
            assertThat(verb.seconds())
                    .as(verb.word())
                    .filteredOn(each -> verb.isPapas())
                    .isSorted();
        }
    }

    @Test
    void only_what_changes_and_frees_nothing_may_be_said_over_tcp() {
        assertThat(Arrays.stream(Verb.values()).filter(Verb::reads).map(Verb::word))
                .isSubsetOf("list", "get", "help", "tail", "stats", "quit", "hello")
                .contains("list", "get", "help", "quit", "hello");
    }
}

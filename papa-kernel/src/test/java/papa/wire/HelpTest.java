package papa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HelpTest {
    @Test
    void the_overview_names_every_word() {
        for (Verb verb : Verb.values()) {
            assertThat(Help.on(List.of())).contains("  " + verb.word() + " ").contains(verb.summary());
        }
    }

    @Test
    void every_word_is_explained_with_an_example() {
        for (Verb verb : Verb.values()) {
            assertThat(Help.on(List.of(verb.word())))
                    .startsWith(verb.word())
                    .contains(verb.summary())
                    .contains("\nExamples:\n  ");
        }
    }

    @Test
    void second_words_are_explained_too_and_may_be_abbreviated() {
        assertThat(Help.on(List.of("m", "p"))).startsWith("make process NAME").contains("  env.X=VALUE ");
        assertThat(Help.on(List.of("make", "socket")))
                .startsWith("make socket NAME")
                .contains("  backlog=N ");
        assertThat(Help.on(List.of("l", "s"))).startsWith("list ");
        assertThat(Help.on(List.of("list", "zork")))
                .isEqualTo("Bad \"list\" command. The following word must be one of: processes, sockets, values\n");
        assertThat(Help.on(List.of("Zork"))).isEqualTo("Unknown command \"zork\"\n");
    }

    @Test
    void every_option_is_told_with_its_form() {
        for (String what : List.of("process", "socket")) {
            for (MakeOption option : MakeOption.of(what)) {
                assertThat(Help.on(List.of("make", what)))
                        .contains("  " + option.usage())
                        .contains(option.help());
            }
        }
    }

    @Test
    void every_limit_is_told() {
        for (Limit limit : Limit.values()) {
            assertThat(Help.on(List.of("limits"))).contains(limit.most() + " " + limit.what() + "; " + limit.then());
        }
    }

    @Test
    void no_help_looks_like_the_end_of_an_answer() {
        for (Verb verb : Verb.values()) {
            assertThat(Help.on(verb)).doesNotContain("\n> ").endsWith("\n").doesNotContain("\\r");
        }
    }
}

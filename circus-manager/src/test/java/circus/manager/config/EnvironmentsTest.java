package circus.manager.config;

import static circus.options.WatcherOptions.CMD;
import static circus.options.WatcherOptions.MAX_AGE;
import static circus.options.WatcherOptions.NUMPROCESSES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked examples of contract/config.md, section 6, and what else can be said of environments. */
final class EnvironmentsTest {
    @TempDir
    Path directory;

    private IniHome home;

    @BeforeEach
    void open() {
        home = new IniHome(directory);
    }

    @Test
    void without_copy_env_and_sections_the_environment_is_empty() {
        WatcherConfig watcher = home.watcher("[watcher:w]", "cmd = $(circus.env.user)");
        assertThat(watcher.options().get(CMD)).isEqualTo("tarek");
        assertThat(watcher.environment()).isEmpty();
    }

    @Test
    void the_section_of_a_watcher_wins_over_the_one_for_all() {
        CircusConfig config = home.load(
                "[env]",
                "USER=a",
                "[env:w]",
                "USER=b",
                "[watcher:v]",
                "cmd=$(circus.env.user)",
                "[watcher:w]",
                "cmd=$(circus.env.user)");
        assertThat(config.watchers())
                .extracting(watcher -> watcher.options().get(CMD))
                .containsExactly("a", "b");
        assertThat(config.watchers())
                .extracting(WatcherConfig::environment)
                .containsExactly(Map.of("USER", "a"), Map.of("USER", "b"));
    }

    @Test
    void options_that_are_needed_early_see_what_all_watchers_have() {
        WatcherConfig watcher = home.watcher(
                "[env]",
                "NP=3",
                "[env:w]",
                "NP=9",
                "[watcher:w]",
                "cmd=x",
                "numprocesses=$(circus.env.NP)",
                "max_age=$(circus.env.NP)");
        assertThat(watcher.options().get(NUMPROCESSES)).isEqualTo(3);
        assertThat(watcher.options().get(MAX_AGE)).isEqualTo(9);
    }

    @Test
    void variables_refer_to_circusds_own_environment_only() {
        WatcherConfig watcher = home.watcher(
                "[env]",
                "A=1",
                "B=$A",
                "C=$(circus.env.A)",
                "D=$(circus.env.home)/x",
                "[env:w]",
                "PATH=/opt/bin:$PATH",
                "[watcher:w]",
                "cmd=x");
        assertThat(watcher.environment())
                .isEqualTo(Map.of(
                        "A", "1", "B", "", "C", "$(circus.env.A)", "D", "/root/x", "PATH", "/opt/bin:/bin:/usr/bin"));
    }

    @Test
    void what_is_not_replaced_is_told() {
        assertThat(home.warnings(
                        "[env]", "C=$(circus.env.a)", "[env:w]", "D=$(circus.env.user)", "[watcher:w]", "cmd=x"))
                .containsExactly(
                        "2: $(circus.env.a) in [env] stays as it is: circusd has no such variable in its own environment",
                        "4: $(circus.env.user) in [env:w] stays as it is: only [env] can use the notation; write $NAME");
    }

    @Test
    void copy_env_takes_everything_as_it_is_and_lays_the_sections_over_it() throws Exception {
        home.with("main.ini", "[env]", "HOME = /srv", "[watcher:w]", "cmd=x", "copy_env=yes");
        CircusConfig config = CircusConfig.load(home.path("main.ini"), Map.of("HOME", "/root", "ODD", " $HOME "));
        assertThat(config.watchers().get(0).environment()).isEqualTo(Map.of("HOME", "/srv", "ODD", " $HOME "));
    }

    @Test
    void an_option_sees_the_value_that_its_process_sees() {
        WatcherConfig watcher = home.watcher("[env:w]", "BIN=$HOME/bin", "[watcher:w]", "cmd=$(circus.env.bin)/x");
        assertThat(watcher.options().get(CMD)).isEqualTo("/root/bin/x");
    }

    @Test
    void patterns_apply_in_the_order_of_the_file() {
        WatcherConfig watcher = home.watcher(
                "[env:*]",
                "A=1",
                "B=1",
                "[env:zz , w?b]",
                "A=2",
                "[env:[!x]eb]",
                "B=3",
                "[env:WEB]",
                "A=9",
                "[watcher:web]",
                "cmd=x");
        assertThat(watcher.environment()).isEqualTo(Map.of("A", "2", "B", "3"));
    }
}

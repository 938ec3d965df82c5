package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the shells complete, asked of the shells themselves, beside a real circusd; and that man can show the pages. */
@ExtendWith(HomeExtension.class)
class CompletionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Home home;
    private final Circus circus;

    CompletionTest(Home home) {
        this.home = home;
        circus = home.circus("complete", "", """
                [watcher:Two Words]
                cmd = sleep 1000
                [watcher:web]
                cmd = sleep 1000
                """);
    }

    private static Path share(String file) {
        return Installation.checkout().resolve("share/" + file);
    }

    /** Only where there is no such program, and nobody has said that there has to be. */
    private static void demand(String program) {
        boolean there = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (!there && System.getenv("CIRCUS_CI") != null) {
            fail(program + " is not installed, and CIRCUS_CI is set");
        }
        Assumptions.assumeTrue(there, program + " is not installed");
    }

    private String run(String program, Path script) {
        ProcessBuilder builder = new ProcessBuilder(program, script.toString());
        builder.environment().put("PATH", Installation.checkout().resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", home.directory().toString());
        builder.environment().put("TERM", "dumb");
        return Commands.run(LIMIT, builder).mustSucceed().output();
    }

    private Map<String, String> lines() {
        return Map.of(
                "command",
                "circusctl relo",
                "global",
                "circusctl --end",
                "watcher",
                "circusctl --endpoint " + circus.endpoint() + " stop t",
                "pid",
                "circusctl --endpoint " + circus.endpoint() + " kill web ",
                "flag",
                "circusctl --endpoint " + circus.endpoint() + " signal web --c",
                "key",
                "circusctl --endpoint " + circus.endpoint() + " set web numproc",
                "signal",
                "circusctl signal web 1 US",
                "value",
                "circusctl events --kind upd",
                "case",
                "circusctl --endpoint " + circus.endpoint() + " stop TW",
                "nobody",
                "circusctl --endpoint tcp://127.0.0.1:1 stop ");
    }

    private void check(Map<String, List<String>> found, String watcher, int pid) {
        assertThat(found.get("command")).containsExactlyInAnyOrder("reload", "reloadconfig");
        assertThat(found.get("global")).containsExactly("--endpoint");
        assertThat(found.get("watcher")).containsExactly(watcher);
        assertThat(found.get("pid")).containsExactly(Integer.toString(pid));
        assertThat(found.get("flag")).containsExactly("--children");
        assertThat(found.get("key")).containsExactly("numprocesses");
        assertThat(found.get("value")).containsExactly("updated");
        assertThat(found.get("case")).containsExactly(watcher);
        assertThat(found.get("nobody")).isEmpty();
        assertThat(found.get("signal")).containsExactlyInAnyOrder("USR1", "USR2");
    }

    private static Map<String, List<String>> answers(String output) {
        return Stream.of(output.split("== ", -1))
                .filter(each -> !each.isBlank())
                .collect(Collectors.toMap(
                        each -> each.lines().findFirst().orElse(""),
                        each -> each.lines()
                                .skip(1)
                                .map(line -> line.split("\t", 2)[0].strip())
                                .filter(line -> !line.isEmpty())
                                .toList()));
    }

    @Test
    void bash_completes_commands_options_watchers_pids_keys_and_signals() {
        demand("bash");
        circus.start();
        int pid = circus.awaitWorkers("web", 1).get(0);
        StringBuilder script = new StringBuilder(". " + share("bash-completion/completions/circusctl") + "\n");
        lines().forEach((what, line) -> script.append("""
                echo '== %s'
                COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(); COMP_CWORD=0
                _circusctl
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(what, line)));
        Path file = home.write("complete.bash", script.toString());
        check(answers(run("bash", file)), "two\\ words", pid);
        circus.terminate();
    }

    /** A name comes from a circusd, which may be anybody's; and what is on the line is not to be carried out by a look at it. */
    @Test
    void a_name_stays_a_word_in_bash_and_the_line_is_only_looked_at() {
        demand("bash");
        home.script("stub/circusctl", """
                [ "$1" = --complete-words ] || touch '%1$s/ran'
                printf 'web:\\001$(touch %1$s/ran) #\\nweb:\\303\\266\\nworker@1\\n'
                """.formatted(home.path("")));
        Path file = home.write(
                "names.bash", """
                export LC_ALL=C PATH='%1$s':$PATH
                shopt -s expand_aliases
                alias circusctl='env -i %1$s/circusctl'
                . '%2$s'
                COMP_WORDBREAKS=' @:='
                COMP_LINE='circusctl stop web:' COMP_POINT=19
                _circusctl
                for each in "${COMPREPLY[@]:0:2}"; do
                    eval "words=(web:$each)"
                    printf '%%d %%q\n' "${#words[@]}" "${words[0]}"
                done
                COMP_LINE='circusctl stop worker@' COMP_POINT=22
                _circusctl
                printf '%%s\n' "${COMPREPLY[2]}"
                """.formatted(home.path("stub"), share("bash-completion/completions/circusctl")));
        Commands.Result result = Commands.run(LIMIT, "bash", file.toString());
        assertThat(result.output().lines())
                .as(result.toString())
                .containsExactly("1 $'web:\\001$(touch " + home.path("") + "/ran) #'", "1 $'web:\\303\\266'", "1");
        assertThat(home.path("ran")).doesNotExist();
    }

    @Test
    void fish_completes_the_same() {
        demand("fish");
        circus.start();
        int pid = circus.awaitWorkers("web", 1).get(0);
        StringBuilder script = new StringBuilder("source " + share("fish/vendor_completions.d/circusctl.fish") + "\n");
        lines().forEach((what, line) -> script.append("echo '== %s'\ncomplete -C '%s'\n".formatted(what, line)));
        Path file = home.write("complete.fish", script.toString());
        check(answers(run("fish", file)), "two words", pid);
        circus.terminate();
    }

    /** zsh completes only for who types, so it gets a terminal, and what it makes of the line is read there. */
    @Test
    void zsh_completes_the_same() {
        demand("zsh");
        circus.start();
        int pid = circus.awaitWorkers("web", 1).get(0);
        String endpoint = "circusctl --endpoint " + circus.endpoint();
        Path file = home.write("complete.zsh", """
                zmodload zsh/zpty
                zpty z zsh -f -i
                answer() {
                    local out all='' i
                    for i in {1..200}; do
                        zpty -r -t z out && all+=$out
                        [[ $all == *$1* ]] && { print -r -- "found $1"; return }
                        sleep 0.05
                    done
                    print -r -- "missing $1 in $all"
                }
                zpty -w z "fpath=(%s \\$fpath); autoload -U compinit; compinit -u -D; PROMPT='ready> '; stty -echo"
                zpty -w z 'print RE''ADY'
                answer READY
                try() {
                    zpty -w -n z "$1"$'\\t'
                    answer "$2"
                    zpty -w -n z $'\\x15'
                }
                try 'circusctl reloadc' 'reloadconfig '
                try '%s stop t' 'two\\ words'
                try '%s kill web ' ' %d'
                try '%s signal web --c' '--children'
                try '%s set web numproc' 'numprocesses'
                zpty -d z
                """.formatted(
                        share("zsh/site-functions"), endpoint, endpoint, pid, endpoint, endpoint));
        assertThat(run("zsh", file).replace("\r", "")).isEqualTo("""
                        found READY
                        found reloadconfig\s
                        found two\\ words
                        found  %d
                        found --children
                        found numprocesses
                        """.formatted(pid));
        circus.terminate();
    }

    @Test
    void man_shows_the_pages_without_a_warning() {
        demand("groff");
        for (String program : List.of("papa", "circusd", "circusctl", "circusd-stats", "circus-plugin")) {
            Commands.Result page = Commands.run(
                    LIMIT,
                    "groff",
                    "-man",
                    "-Tascii",
                    "-ww",
                    share("man/man1/" + program + ".1").toString());
            assertThat(page.errors()).as(program).isEmpty();
            assertThat(page.output()).contains("Circus on Papa");
        }
    }
}

package circus.tests.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Tmux;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** circus-top in a real terminal, beside a real circusd. */
@ExtendWith(HomeExtension.class)
class TopTest {
    private static final Map<String, String> UTF_8 = Map.of("LC_ALL", "C.UTF-8");
    private static final Duration TO_HAPPEN = Duration.ofSeconds(30);

    private static final String USUAL = """
            [socket:web]
            host = 127.0.0.1
            port = %d
            [watcher:Two Words]
            cmd = sleep 1000
            numprocesses = 2
            [watcher:off]
            cmd = sleep 1000
            autostart = False
            """;

    private final Home home;
    private final int port = Home.freePort();
    private final String stats = "tcp://127.0.0.1:" + Home.freePort();

    TopTest(Home home) {
        this.home = home;
    }

    private Circus circus(String sections) {
        return home.circus("top", "statsd = True\nstats_endpoint = " + stats + "\n", sections);
    }

    private Circus usual() {
        Circus circus = circus(USUAL.formatted(port));
        circus.start();
        circus.awaitWorkers("two words", 2);
        return circus;
    }

    private List<String> words(String... more) {
        List<String> words =
                new ArrayList<>(List.of(Installation.launcher("circus-top").toString(), "--endpoint", stats));
        words.addAll(List.of(more));
        return words;
    }

    private Tmux open(Circus circus, int columns, int rows, Map<String, String> environment, String... more) {
        List<String> words = words(more);
        words.addAll(List.of("--control", circus.endpoint()));
        // tmux does not always know the code of what has ended in it.
        List<String> kept = new ArrayList<>(List.of(
                "sh",
                "-c",
                "rm -f pid code; sh -c 'echo $$ > pid; exec \"$@\"' sh \"$@\"; echo $? > code.new; mv code.new code",
                "sh"));
        kept.addAll(words);
        return Tmux.open(home, columns, rows, environment, kept);
    }

    private String pid() {
        return Home.read(home.path("pid")).strip();
    }

    private int awaitExit() {
        await("its end")
                .atMost(TO_HAPPEN)
                .until(() -> !Home.read(home.path("code")).isEmpty());
        return Integer.parseInt(Home.read(home.path("code")).strip());
    }

    private static String awaitTable(Tmux terminal, String... texts) {
        return terminal.await(
                "a table with " + List.of(texts),
                screen -> screen.contains("\nNAME ") && List.of(texts).stream().allMatch(screen::contains));
    }

    private static void awaitAnswer(Tmux terminal, String text) {
        terminal.await(text, screen -> screen.endsWith(text));
    }

    /** The terminal is as it was: what the program has drawn is gone. */
    private static void assertRestored(Tmux terminal) {
        assertThat(terminal.tell("alternate_on")).isEqualTo("0");
        assertThat(terminal.tell("keypad_cursor_flag")).isEqualTo("0");
        assertThat(terminal.screen()).doesNotContain("NAME ");
    }

    @Test
    void the_screen_in_two_sizes_resized_while_it_runs() {
        Circus circus = usual();
        try (Tmux terminal = open(circus, 80, 24, UTF_8)) {
            assertThat(Plain.of(awaitTable(terminal, "Two Words", "active", "stopped", "papa", "▁▁")))
                    .isEqualTo("""
                            circus-top  2 watchers  2 processes  cpu # %  mem # %
                            sort cpu ▼
                            NAME                        PID STATE     CPU %  MEM %     AGE RESTARTS  HISTORY
                            ▾ Two Words                   2 active        #      #       #        0        ~
                              sleep                     PID               #      #       #                 ~
                              sleep                     PID               #      #       #                 ~
                            ▾ off                         0 stopped       #      #                0
                            ▾ circus                      2               #      #       #                 ~
                              circusd                   PID               #      #       #                 ~
                              papa                      PID               #      #       #                 ~
                            ▾ sockets                     1 0 hits
                              127.0.0.1:PORT          fd 64 0 hits                                         ~











                            q quit  h help  / filter  Space fold  c m a i n sort  p pause  r restart  s stop
                            """);
            terminal.resize(200, 60);
            assertThat(Plain.of(awaitTable(terminal, "Two Words", "LAST EXIT", "t tail", "papa", "▁▁")))
                    .isEqualTo("""
                            circus-top 0.2.0  URL  2 watchers  2 processes  cpu # %  mem # %
                            sort cpu ▼
                            NAME                                          PID STATE     CPU %  MEM %      RSS     AGE RESTARTS USER       LAST EXIT                                                                          HISTORY
                            ▾ Two Words                                     2 active        #      #        #       #        0                                                                                                     ~
                              sleep                                       PID               #      #        #       #          USER                                                                                                ~
                              sleep                                       PID               #      #        #       #          USER                                                                                                ~
                            ▾ off                                           0 stopped       #      #       0B                0
                            ▾ circus                                        2               #      #        #       #                                                                                                              ~
                              circusd                                     PID               #      #        #       #          USER                                                                                                ~
                              papa                                        PID               #      #        #       #          USER                                                                                                ~
                            ▾ sockets                                       1 0 hits
                              127.0.0.1:PORT                            fd 64 0 hits                                                                                                                                               ~
                            (47 blank lines)
                            q quit  h help  / filter  Space fold  c m a i n sort  p pause  r restart  s stop  k signal  t tail
                            """.replace("(47 blank lines)\n", "\n".repeat(47)));
            terminal.resize(30, 6);
            terminal.await(
                    "a small screen",
                    screen -> screen.lines().count() == 6 && screen.endsWith("\nq quit  h help  / filter  Spac"));
            terminal.resize(80, 24);
            awaitTable(terminal, "RESTARTS  HISTORY", "papa");
            terminal.press("q");
            assertThat(awaitExit()).isZero();
            assertRestored(terminal);
        }
        circus.terminate();
    }

    @Test
    void a_thousand_processes_are_no_problem() {
        Circus circus = circus("[watcher:many]\ncmd = sleep 1000\nnumprocesses = 1000\n");
        circus.start();
        List<Integer> pids =
                circus.awaitWorkers("many", 1_000).stream().sorted().toList();
        try (Tmux terminal = open(circus, 80, 24, UTF_8)) {
            awaitTable(terminal, "1 watcher  1000 processes", "many", "active");
            terminal.type("i");
            awaitTable(terminal, "sort pid", " " + pids.get(0) + " ", " " + pids.get(18) + " ");
            terminal.press("NPage");
            awaitTable(terminal, " " + pids.get(19) + " ");
            terminal.press("End");
            awaitTable(terminal, "circusd", "papa", " " + pids.get(999) + " ");
            terminal.press("Home");
            terminal.type("o");
            awaitTable(terminal, "sort pid ▲", " " + pids.get(999) + " ");
            Path stat = Path.of("/proc/" + pid() + "/stat");
            double before = seconds(stat);
            long begun = System.nanoTime();
            await("five seconds").atMost(TO_HAPPEN).until(() -> System.nanoTime() - begun > 5_000_000_000L);
            double share = (seconds(stat) - before) / ((System.nanoTime() - begun) / 1e9);
            assertThat(share).as("of a processor").isLessThan(0.125);
            terminal.press("C-c");
            assertThat(awaitExit()).isZero();
            assertRestored(terminal);
        }
        circus.terminate();
    }

    /** The processor time that a process has taken. */
    private static double seconds(Path stat) {
        String[] fields = Home.read(stat).replaceFirst(".*\\) ", "").split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    @Test
    void what_keys_ask_for_is_done_after_a_yes() {
        Path noise = home.script("noise", "trap 'echo got USR1' USR1\necho began\nwhile :; do sleep 0.1; done\n");
        Circus circus = circus("[watcher:Loud One]\ncmd = " + noise + "\nnumprocesses = 2\nstop_children = True\n");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("loud one", 2);
        try (Tmux terminal = open(circus, 100, 24, UTF_8)) {
            awaitTable(terminal, "Loud One", "active");
            terminal.type("r");
            awaitAnswer(terminal, "\nRestart watcher Loud One? (y/n)");
            terminal.type("n");
            awaitAnswer(terminal, "\nnothing done");
            assertThat(circus.pids("loud one")).isEqualTo(pids);

            terminal.type("k");
            terminal.press("BSpace", "BSpace", "BSpace", "BSpace");
            terminal.type("usr1");
            terminal.press("Enter");
            awaitAnswer(terminal, "\nSend usr1 to all processes of watcher Loud One? (y/n)");
            terminal.type("y");
            awaitAnswer(terminal, "of watcher Loud One: ok");
            terminal.type("t");
            terminal.await(
                    "its output",
                    screen -> screen.contains("output of Loud One\n")
                            && screen.contains("Loud One.1 | began\n")
                            && screen.contains("Loud One.2 | got USR1\n"));
            terminal.press("Escape");
            awaitTable(terminal, "Loud One");

            terminal.type("ry");
            awaitAnswer(terminal, "\nrestart watcher Loud One: ok");
            await("other workers").atMost(TO_HAPPEN).until(() -> {
                List<Integer> now = circus.pids("loud one");
                return now.size() == 2 && now.stream().noneMatch(pids::contains);
            });
            List<Integer> next = circus.pids("loud one");
            awaitTable(terminal, " " + next.get(0) + " ", " " + next.get(1) + " ");
            terminal.await("none of the former", screen -> !screen.contains(" " + pids.get(0) + " "));
            terminal.press("Down");
            terminal.type("r");
            String question = terminal.await("the question", screen -> screen.endsWith(" of Loud One? (y/n)"));
            int ended = Integer.parseInt(question.replaceFirst("(?s).*\nEnd process (\\d+) of Loud One.*", "$1"));
            assertThat(next).contains(ended);
            terminal.type("y");
            await("another one").atMost(TO_HAPPEN).until(() -> {
                List<Integer> now = circus.pids("loud one");
                return now.size() == 2 && !now.contains(ended);
            });

            terminal.type("sy");
            awaitTable(terminal, " stopped ");
            assertThat(circus.pids("loud one")).isEmpty();
            terminal.press("Home");
            terminal.type("Sy");
            circus.awaitWorkers("loud one", 2);
        }
        circus.terminate();
    }

    @Test
    void read_only_refuses_what_changes_something() {
        Circus circus = usual();
        List<Integer> pids = circus.pids("two words");
        try (Tmux terminal = open(circus, 80, 24, UTF_8, "--read-only")) {
            awaitTable(terminal, "Two Words", "active", "read-only");
            for (String verb : List.of("r restart", "s stop", "S start", "k signal")) {
                terminal.type(verb.charAt(0) + "y" + verb.charAt(0));
                awaitAnswer(terminal, "\ncannot " + verb.substring(2) + " Two Words: circus-top runs with --read-only");
            }
            assertThat(circus.pids("two words")).isEqualTo(pids);
            terminal.type("q");
            assertThat(awaitExit()).isZero();
        }
        circus.terminate();
    }

    @Test
    void it_waits_for_a_feed_and_outlives_it() {
        Circus circus = circus(USUAL.formatted(port));
        try (Tmux terminal = open(circus, 80, 24, UTF_8)) {
            terminal.await(
                    "that it waits",
                    screen -> screen.contains("\n*** Waiting for data ***\n") && screen.contains("Connection refused"));
            circus.start();
            List<Integer> pids = circus.awaitWorkers("two words", 2);
            awaitTable(terminal, "Two Words", " " + pids.get(0) + " ");
            circus.manager().kill9();
            assertThat(awaitTable(terminal, "*** No data for ", "(Connection refused)"))
                    .contains(" " + pids.get(0) + " ");
            circus.start();
            terminal.await("its return", screen -> !screen.contains("No data") && screen.contains(" active "));
            awaitTable(terminal, " " + pids.get(0) + " ", " " + pids.get(1) + " ");
            Commands.run(TO_HAPPEN, "kill", "-TERM", pid()).mustSucceed();
            assertThat(awaitExit()).isZero();
            assertRestored(terminal);
        }
        circus.terminate();
    }

    @Test
    void it_is_suspended_and_goes_on_and_leaves_the_terminal_as_it_was() {
        Circus circus = usual();
        String command = String.join(" ", words("--control", circus.endpoint()));
        try (Tmux shell = Tmux.open(home, 80, 24, UTF_8, List.of("bash", "--norc", "-i"))) {
            shell.type("stty -g > before\n" + command + "\n");
            awaitTable(shell, "Two Words");
            shell.press("C-z");
            shell.await("the shell", screen -> screen.contains("Stopped"));
            assertThat(shell.tell("alternate_on")).isEqualTo("0");
            shell.type("fg; echo left > left\n");
            awaitTable(shell, "Two Words", "active");
            shell.press("C-l");
            awaitTable(shell, "Two Words", "active");
            shell.press("q");
            // What is typed before that may be for the program that ends.
            await("the shell")
                    .atMost(TO_HAPPEN)
                    .until(() -> !Home.read(home.path("left")).isEmpty());
            assertRestored(shell);
            // Where nobody goes on, tmux itself hides it.
            assertThat(shell.tell("cursor_flag")).isEqualTo("1");
            shell.type("stty -g > after; echo done > done\n");
            await("its settings")
                    .atMost(TO_HAPPEN)
                    .until(() -> !Home.read(home.path("done")).isEmpty());
            assertThat(Home.read(home.path("after"))).isEqualTo(Home.read(home.path("before")));
        }
        circus.terminate();
    }

    @Test
    void a_plain_terminal_gets_plain_letters_and_no_colours_where_told() {
        Circus circus = usual();
        try (Tmux terminal = open(circus, 80, 24, Map.of("LC_ALL", "C"))) {
            assertThat(awaitTable(terminal, "Two Words", "active", "__")).matches("[ -~\n]*");
            assertThat(terminal.colours()).containsPattern("\u001b\\[[0-9;]*3[1-6]m");
        }
        try (Tmux terminal = open(circus, 80, 24, Map.of("LC_ALL", "C.UTF-8", "NO_COLOR", "1"))) {
            awaitTable(terminal, "Two Words", "active", "▁▁");
            assertThat(terminal.colours()).contains("\u001b[7m").doesNotContainPattern("\u001b\\[[0-9;]*[39][0-7]m");
        }
        circus.terminate();
    }

    // ---- without a terminal

    private Commands.Result run(String... words) {
        return home.run(TO_HAPPEN, Installation.launcher("circus-top"), words);
    }

    @Test
    void in_a_pipe_it_prints_one_table() {
        Circus circus = usual();
        String table = run("--endpoint", stats, "--control", circus.endpoint(), "--ascii")
                .mustSucceed()
                .text();
        assertThat(Plain.of(table)).isEqualTo("""
                            NAME  PID STATE  CPU % MEM %  RSS AGE RESTARTS USER LAST EXIT
                            Two Words             2 active      #     #       #   #        0
                              sleep             PID             #     #       #   #          USER
                              sleep             PID             #     #       #   #          USER
                            off                   0 stopped     #     #      0B            0
                            circus                2             #     #       #   #
                              circusd           PID             #     #       #   #          USER
                              papa              PID             #     #       #   #          USER
                            sockets               1 0 hits
                              127.0.0.1:PORT  fd 64 0 hits
                            """);
        String without = run("--endpoint", stats, "--control", "tcp://127.0.0.1:1", "--once")
                .mustSucceed()
                .text();
        assertThat(without).contains("two_words", "sleep").doesNotContain("active", "off");
        circus.terminate();
    }

    @Test
    void figures_as_json_once_or_every_second() {
        Circus circus = usual();
        String once = run("--endpoint", stats, "--control", circus.endpoint(), "--once", "--json")
                .mustSucceed()
                .text();
        List<Integer> pids = circus.pids("two words");
        assertThat(once)
                .startsWith("{\"time\": ")
                .doesNotContain("\n")
                .contains(
                        "\"Two Words\": {\"state\": \"active\", \"wanted\": 2, \"restarts\": 0, ",
                        "{\"pid\": " + pids.get(0) + ", \"name\": \"sleep\"",
                        "\"address\": \"127.0.0.1:" + port + "\", \"hits\": 0}");
        String pipe = String.join(" ", words("--control", circus.endpoint(), "--json")) + " | head -n 3";
        List<Double> times = home.run(TO_HAPPEN, Path.of("/bin/sh"), "-c", pipe)
                .mustSucceed()
                .output()
                .lines()
                .map(line -> Double.valueOf(line.replaceFirst("\\{\"time\": ([0-9.]+),.*", "$1")))
                .toList();
        assertThat(times).hasSize(3);
        assertThat(times.get(2) - times.get(0)).isBetween(1.0, 10.0);
        circus.terminate();
    }

    @Test
    void without_a_feed_it_fails_in_time_and_says_where_it_has_looked() {
        Commands.Result result = run("--endpoint", stats, "--once", "--timeout", "1");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors())
                .isEqualTo(
                        "circus-top: cannot show figures: no data came from " + stats
                                + " in 1.0 s (Connection refused); has circusd statsd = True, and is this its stats_endpoint?\n");
        assertThat(run("--json", "--timeout", "1", "--endpoint", stats).exit()).isEqualTo(1);
        assertThat(run("--nonsense").exit()).isEqualTo(2);
        assertThat(run("--version").output()).isEqualTo("circus-top 0.2.0\n");
        assertThat(run("--help").mustSucceed().output()).startsWith("usage: circus-top [options]\n");
    }
}

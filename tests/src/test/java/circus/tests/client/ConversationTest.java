package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Tmux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** circusctl in front of a person: in a real pseudo-terminal. */
@ExtendWith(HomeExtension.class)
class ConversationTest {
    private static final String PROMPT = "(circusctl)";

    private final Home home;
    private final Circus circus;

    ConversationTest(Home home) {
        this.home = home;
        circus = home.circus("person", "", """
                [watcher:Shelly Two]
                cmd = sleep 1000
                numprocesses = 2
                [watcher:web]
                cmd = sleep 1000
                [watcher:idle]
                cmd = sleep 1000
                autostart = False
                """);
    }

    private Tmux ctl(int columns, int rows, Map<String, String> environment, String... words) {
        List<String> program = new ArrayList<>(List.of(
                Installation.launcher("circusctl").toString(), "--endpoint", circus.endpoint(), "--timeout", "20"));
        program.addAll(List.of(words));
        return Tmux.open(home, columns, rows, environment, program);
    }

    private Map<String, String> state() {
        return Map.of("XDG_STATE_HOME", home.path("state").toString());
    }

    private static boolean isPrompted(String screen) {
        return screen.endsWith(PROMPT);
    }

    /** The lines that a line brings, behind it. */
    private static String ask(Tmux terminal, String line) {
        terminal.press("C-l");
        terminal.await("a clear screen", PROMPT::equals);
        terminal.type(line);
        terminal.press("Enter");
        String screen = terminal.await(
                "the answer to " + line, text -> text.startsWith(PROMPT + " " + line) && isPrompted(text.strip()));
        return screen.substring(screen.indexOf('\n') + 1, screen.lastIndexOf(PROMPT))
                .strip();
    }

    @Test
    void the_status_is_a_table_that_fits_unless_it_is_to_be_plain() {
        circus.start();
        circus.awaitWorkers("shelly two", 2);
        circus.awaitWorkers("web", 1);

        for (int columns : new int[] {120, 80, 40}) {
            try (Tmux terminal = ctl(columns, 24, Map.of(), "status")) {
                assertThat(terminal.awaitExit()).isZero();
                List<String> lines = terminal.screen().lines().toList();
                assertThat(lines).hasSizeGreaterThanOrEqualTo(4).allMatch(line -> line.length() <= columns);
                assertThat(lines.get(0)).startsWith("NAME        STATE    PROCESSES");
                assertThat(lines.get(1)).matches("Shelly Two  active +2(/2)?( .*)?");
                assertThat(lines.get(2)).matches("idle        stopped +0(/1)?( .*)?");
                assertThat(lines.get(3)).matches("web         active +1(/1)?( .*)?");
                if (columns > 40) {
                    assertThat(lines.get(0))
                            .contains("  UPTIME    CPU  MEMORY".strip().split(" +"));
                    assertThat(lines.get(1)).matches(".* \\d+ s .*%.*[KM].*");
                }
                assertThat(terminal.colours()).contains("\u001b[32mactive\u001b[39m", "\u001b[31mstopped\u001b[39m");
            }
        }
        try (Tmux terminal = ctl(120, 24, Map.of("NO_COLOR", "1"), "status", "web")) {
            assertThat(terminal.awaitExit()).isZero();
            assertThat(terminal.screen()).containsPattern("web +active +1(/1)?");
            assertThat(terminal.colours()).doesNotContain("\u001b[3");
        }
        try (Tmux terminal = ctl(120, 24, Map.of(), "--no-color", "status", "--plain")) {
            assertThat(terminal.awaitExit()).isZero();
            assertThat(terminal.screen()).isEqualTo("Shelly Two: active\nidle: stopped\nweb: active");
        }
        try (Tmux terminal = ctl(120, 24, Map.of(), "status", "nope")) {
            assertThat(terminal.awaitExit()).isEqualTo(3);
            assertThat(terminal.screen()).isEqualTo("error: program nope not found");
        }
        assertThat(circus.tell("status")).isEqualTo("Shelly Two: active\nidle: stopped\nweb: active");
    }

    @Test
    void lines_are_completed_and_edited_and_remembered() throws IOException {
        circus.start();
        int web = circus.awaitWorkers("web", 1).get(0);
        Path history = home.path("state/circus/history");
        try (Tmux terminal = ctl(100, 30, state())) {
            assertThat(terminal.await("the prompt", ConversationTest::isPrompted))
                    .startsWith("circusctl ")
                    .containsPattern("web +active");

            assertThat(ask(terminal, "numwatchers")).isEqualTo("3");

            terminal.press("C-l");
            terminal.type("rel");
            terminal.press("Tab", "Tab");
            terminal.await("the commands", screen -> screen.contains("reloadconfig") && screen.contains("Reload the "));
            terminal.press("C-c");
            terminal.await("another prompt", ConversationTest::isPrompted);

            completes(terminal, "list w", "list web");
            terminal.press("Enter");
            terminal.await("the pid", screen -> screen.contains("\n" + web + "\n"));
            completes(
                    terminal,
                    "numprocesses Sh",
                    "numprocesses Shelly\\ Two",
                    "numprocesses 'Shelly Two'",
                    "numprocesses shelly\\ two");
            terminal.press("C-u");
            completes(terminal, "kill web ", "kill web " + web);
            terminal.press("C-u");
            completes(terminal, "restart --wai", "restart --waiting");
            terminal.press("C-u");
            completes(terminal, "get web numpr", "get web numprocesses");
            terminal.press("Enter");
            terminal.await("the value", screen -> screen.contains("numprocesses: 1"));

            terminal.press("C-l", "Up", "Up", "Up");
            terminal.await("an earlier line", screen -> screen.equals(PROMPT + " numwatchers"));
            terminal.press("Enter");
            terminal.await("its answer", screen -> screen.startsWith(PROMPT + " numwatchers\n3\n"));

            terminal.press("C-d");
            assertThat(terminal.awaitExit()).isZero();
        }
        assertThat(Files.readAllLines(history))
                .startsWith("numwatchers", "list web")
                .endsWith("numwatchers");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");

        try (Tmux terminal = ctl(100, 30, state())) {
            terminal.await("the prompt", ConversationTest::isPrompted);
            terminal.press("Up");
            terminal.await("the last line of the last time", screen -> screen.endsWith(PROMPT + " numwatchers"));
        }
    }

    private static void completes(Tmux terminal, String typed, String... completed) {
        terminal.press("C-l");
        terminal.await("a clear screen", PROMPT::equals);
        terminal.type(typed);
        terminal.press("Tab");
        terminal.await(typed + " completed", screen -> {
            for (String each : completed) {
                if (screen.equals(PROMPT + " " + each)) {
                    return true;
                }
            }
            return false;
        });
    }

    @Test
    void neither_bad_input_nor_an_interrupt_ends_it() {
        circus.start();
        circus.awaitWorkers("web", 1);
        try (Tmux terminal = ctl(100, 30, Map.of("XDG_STATE_HOME", "/proc/none"))) {
            terminal.await("the prompt", ConversationTest::isPrompted);
            assertThat(ask(terminal, "list 'x")).isEqualTo("cannot read the line: a ' is not closed");
            assertThat(ask(terminal, "list \\")).startsWith("error: program \\ not found");
            assertThat(ask(terminal, "bogus 1")).isEqualTo("*** Unknown syntax: bogus 1");
            assertThat(ask(terminal, "list --json"))
                    .isEqualTo("unrecognized arguments: --json (--json stands before the command)");
            assertThat(ask(terminal, "get web"))
                    .isEqualTo("Invalid number of arguments (usage: circusctl get NAME KEY...)");
            assertThat(ask(terminal, "get web zz!!")).startsWith("error: ");
            assertThat(ask(terminal, "help numwatchers")).startsWith("usage: circusctl numwatchers");

            terminal.type("rubbish");
            terminal.await("it", screen -> screen.endsWith("rubbish"));
            terminal.press("C-c");
            terminal.await("another prompt", screen -> screen.endsWith("rubbish\n" + PROMPT));
            assertThat(ask(terminal, "numwatchers")).isEqualTo("3");

            terminal.press("C-l");
            terminal.type("tail -f web");
            terminal.press("Enter");
            terminal.await("it waits", screen -> screen.startsWith(PROMPT + " tail -f web") && !isPrompted(screen));
            terminal.press("C-c");
            terminal.await("the prompt again", ConversationTest::isPrompted);
            assertThat(ask(terminal, "numwatchers")).isEqualTo("3");

            circus.terminate();
            terminal.press("C-l");
            terminal.type("list w");
            terminal.press("Tab");
            terminal.type("x");
            terminal.await("nothing to complete", screen -> screen.equals(PROMPT + " list wx"));
            terminal.press("C-u", "C-d");
            assertThat(terminal.awaitExit()).isZero();
        }
    }
}

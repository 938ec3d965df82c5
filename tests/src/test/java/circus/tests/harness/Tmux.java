package circus.tests.harness;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A terminal with a program in it, by tmux: its screen as text, and keys for it. One thread. */
public final class Tmux implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/tmux");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final AtomicInteger OPENED = new AtomicInteger();

    private final Home home;
    private final Path socket;

    private Tmux(Home home) {
        this.home = home;
        // Not one that was there before: its server may still be about to end.
        this.socket = home.path("tmux-" + OPENED.incrementAndGet());
    }

    /**
     * Skips the test where tmux is missing; in CI, which installs it, that is a failure.
     *
     * @param environment of the program, more than this test's own
     */
    public static Tmux open(Home home, int columns, int rows, Map<String, String> environment, List<String> program) {
        if (!Files.isExecutable(PROGRAM) && System.getenv("CIRCUS_CI") != null) {
            fail("tmux is not installed, and CIRCUS_CI is set");
        }
        if (!Files.isExecutable(PROGRAM)) {
            abort("needs tmux: apt-get install tmux");
        }
        Tmux tmux = new Tmux(home);
        List<String> words = new ArrayList<>(
                List.of("new-session", "-d", "-x", Integer.toString(columns), "-y", Integer.toString(rows)));
        // Not before its screen is kept after its end.
        words.addAll(List.of(
                "sh", "-c", "trap : INT; while [ ! -e \"$0\" ]; do sleep 0.02; done; \"$@\"; echo $? > \"$0.code\""));
        Path ready = Path.of(tmux.socket + ".ready");
        words.add(ready.toString());
        words.add("env");
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(program);
        tmux.run(words.toArray(String[]::new));
        tmux.run("set-option", "-g", "remain-on-exit", "on");
        tmux.run("set-option", "-g", "remain-on-exit-format", ""); // It would take a line of the screen.
        home.write(ready.getFileName().toString(), "");
        return tmux;
    }

    private String run(String... words) {
        List<String> command =
                new ArrayList<>(List.of(PROGRAM.toString(), "-u", "-f", "/dev/null", "-S", socket.toString()));
        command.addAll(List.of(words));
        return Commands.run(LIMIT, home.prepared(command)).mustSucceed().output();
    }

    /** The screen, without blanks at the ends of lines. */
    public String screen() {
        return run("capture-pane", "-p").stripTrailing();
    }

    /** The screen with its colours, as escape sequences. */
    public String colours() {
        return run("capture-pane", "-p", "-e");
    }

    /** Types a text. */
    public void type(String text) {
        run("send-keys", "-l", text);
    }

    /** Presses keys by tmux's names: {@code Enter}, {@code Tab}, {@code C-c}, {@code Up}. */
    public void press(String... keys) {
        List<String> words = new ArrayList<>(List.of("send-keys"));
        words.addAll(List.of(keys));
        run(words.toArray(String[]::new));
    }

    public void resize(int columns, int rows) {
        run("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** Waits until the screen is as is said; tells it. */
    public String await(String what, Predicate<String> expected) {
        String[] last = {""};
        try {
            Awaitility.await(what).atMost(LIMIT).until(() -> {
                last[0] = screen();
                return expected.test(last[0]);
            });
        } catch (ConditionTimeoutException other) {
            throw new AssertionError("not seen: " + what + "\n" + last[0], other);
        }
        return last[0];
    }

    /** What tmux knows of the terminal, by one of its variables: {@code alternate_on}, {@code pane_pid}. */
    public String tell(String variable) {
        return run("display-message", "-p", "#{" + variable + "}").strip();
    }

    /** Waits until the program has ended; tells its exit code. */
    public int awaitExit() {
        Awaitility.await("its end").atMost(LIMIT).until(() -> tell("pane_dead"), "1"::equals);
        // tmux itself does not always know it.
        return Integer.parseInt(Home.read(Path.of(socket + ".ready.code")).strip());
    }

    @Override
    public void close() {
        run("kill-server");
    }
}

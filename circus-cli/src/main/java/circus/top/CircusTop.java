package circus.top;

import circus.client.CallException;
import circus.message.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** circus-top: shows what the processes of a circusd take of the machine. Wires the rest. */
public final class CircusTop {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** How long the thread that draws has, to give the terminal back, when the program is to end. */
    private static final long FAREWELL_MILLIS = 1_000;

    private CircusTop() {}

    /** Ends the JVM with circus-top's exit code. */
    public static void main(String[] words) {
        int code;
        try {
            code = run(words, System.getenv());
        } catch (InterruptedException ended) {
            code = DONE;
        } catch (RuntimeException mistake) {
            // The terminal is as it was by now; the hooks would make it an end without a fault.
            mistake.printStackTrace();
            code = FAILED;
        }
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    private static int run(String[] words, Map<String, String> environment) throws InterruptedException {
        TopOptions options = new TopOptions();
        CommandLine commandLine = TopOptions.commandLine(options);
        Settings settings;
        try {
            commandLine.parseArgs(words);
            if (options.other.help) {
                PlainRun.print(System.out, commandLine.getUsageMessage(Ansi.OFF));
                return DONE;
            }
            if (options.other.version) {
                PlainRun.print(System.out, "circus-top " + Version.TEXT + "\n");
                return DONE;
            }
            settings = Settings.of(options, environment, isTerminal(1));
        } catch (CommandLine.ParameterException | Settings.BadSettingException wrong) {
            PlainRun.print(System.err, "circus-top: error: " + wrong.getMessage() + "\nSee circus-top --help\n");
            return USAGE;
        }
        try (Reached feed = Reached.from(settings, settings.endpoint());
                Reached control = Reached.from(settings, settings.control())) {
            return settings.once() || settings.json()
                    ? print(settings, feed.endpoint(), control.endpoint())
                    : fill(settings, feed.endpoint(), control.endpoint());
        } catch (CallException | IllegalArgumentException unreachable) {
            PlainRun.print(System.err, "circus-top: " + unreachable.getMessage() + "\n");
            return FAILED;
        }
    }

    private static int print(Settings settings, String feed, String control) throws InterruptedException {
        // As Ctrl-C does.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(DONE), "interrupt"));
        Happenings happenings = new Happenings();
        FeedThread.start(feed, settings.keys(), happenings);
        ControlThread.start(control, settings.keys(), happenings);
        return new PlainRun(settings, happenings, System.out, System.err).run();
    }

    private static int fill(Settings settings, String feed, String control) throws InterruptedException {
        if (!isTerminal(0)) {
            PlainRun.print(
                    System.err, "circus-top: cannot read keys: standard input is no terminal; --once needs none\n");
            return FAILED;
        }
        Screen opened;
        try {
            opened = Screen.open(settings.look());
        } catch (CannotShowException none) {
            PlainRun.print(System.err, "circus-top: " + none.getMessage() + "\n");
            return FAILED;
        }
        Happenings happenings = new Happenings();
        try (Screen screen = opened) {
            CountDownLatch left = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(happenings, left, screen), "end"));
            try {
                FeedThread.start(feed, settings.keys(), happenings);
                ControlThread asked = ControlThread.start(control, settings.keys(), happenings);
                new FullScreen(settings, screen, happenings, asked).run();
            } finally {
                screen.leave();
                left.countDown();
            }
        }
        return DONE;
    }

    /** A signal has come (TERM, HUP, INT): the terminal is given back by the thread that owns it, or, where that hangs, by this one. */
    private static void end(Happenings happenings, CountDownLatch left, Screen screen) {
        happenings.end();
        try {
            if (!left.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                screen.leave();
            }
        } catch (InterruptedException hurried) {
            screen.leave();
        }
        Runtime.getRuntime().halt(DONE);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notKnown) {
            return false;
        }
    }
}

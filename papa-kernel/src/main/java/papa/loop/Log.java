package papa.loop;

import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * The kernel's own log, on standard error: a line for what an operator should know, and all else only with --debug.
 * java.util.logging would cost the kernel several megabytes and a pause at its first line.
 */
public final class Log {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final PrintStream target = System.err;
    private static volatile boolean debugging;

    private Log() {}

    /** Has all that a line needs at hand, files of the time zone too: later there may be no descriptor left for them. */
    public static void prepare() {
        time();
    }

    public static void debugging(boolean on) {
        debugging = on;
    }

    public static void debug(String text) {
        if (debugging) {
            line("DEBUG", text);
        }
    }

    public static void info(String text) {
        line("INFO", text);
    }

    /** Told as far as there is memory for it: it is lack of memory that most faults are, and the next must be survived. */
    public static void fault(String text, Throwable fault) {
        try {
            line("ERROR", text);
            fault.printStackTrace(target);
        } catch (Error evenForThis) {
            target.append("papa is short of memory\n");
        }
    }

    private static void line(String level, String text) {
        target.println(time() + " papa[" + ProcessHandle.current().pid() + "] [" + level + "] " + text);
    }

    private static String time() {
        return LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    }
}

package circus.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * What an interrupt (Ctrl-C) does, as a shutdown hook: exit code 1, as Circus's tool has it, where the JVM's own would be 130. The shell
 * ends with a new line and 0.
 */
final class Interrupt extends Thread {
    private final PrintStream out;
    private volatile int code = Console.FAILED;
    private volatile @Nullable Runnable first;

    Interrupt(PrintStream out) {
        super("interrupt");
        this.out = out;
    }

    void endsWell() {
        code = Console.DONE;
    }

    /** To be done before the end: the terminal is to be left as it was found. */
    void first(Runnable action) {
        first = action;
    }

    @Override
    public void run() {
        Runnable action = first;
        if (action != null) {
            action.run();
        }
        if (code == Console.DONE) {
            Console.print(out, "\n");
        }
        Runtime.getRuntime().halt(code);
    }
}

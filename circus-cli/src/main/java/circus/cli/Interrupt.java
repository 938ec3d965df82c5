package circus.cli;

import java.io.PrintStream;

/**
 * What an interrupt (Ctrl-C) does, as a shutdown hook: exit code 1, as Circus's tool has it, where the JVM's own would be 130. The shell
 * ends with a new line and 0.
 */
final class Interrupt extends Thread {
    private final PrintStream out;
    private volatile int code = Console.FAILED;

    Interrupt(PrintStream out) {
        super("interrupt");
        this.out = out;
    }

    void endsWell() {
        code = Console.DONE;
    }

    @Override
    public void run() {
        if (code == Console.DONE) {
            Console.print(out, "\n");
        }
        Runtime.getRuntime().halt(code);
    }
}

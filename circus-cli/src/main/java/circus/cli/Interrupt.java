package circus.cli;

/**
 * What an interrupt (Ctrl-C) does, as a shutdown hook: exit code 1, as Circus's tool has it, where the JVM's own would be 130. The shell
 * ends with a new line and 0.
 */
final class Interrupt extends Thread {
    private volatile int code = Console.FAILED;

    Interrupt() {
        super("interrupt");
    }

    void endsWell() {
        code = Console.DONE;
    }

    @Override
    public void run() {
        if (code == Console.DONE) {
            Console.print(System.out, "\n");
        }
        Runtime.getRuntime().halt(code);
    }
}

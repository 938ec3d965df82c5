import circus.library.Circus;
import circus.library.Watcher;

/** Runs four processes, and sees to it that four of them run, until somebody quits it. */
public final class Embed {
    private Embed() {}

    public static void main(String[] arguments) throws Exception {
        try (Circus circus = Circus.manage(Watcher.of("sleep 1000").numprocesses(4))) {
            System.out.println(circus.endpoint());
            circus.join();
        }
    }
}

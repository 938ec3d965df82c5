package circus.tests.upgrade;

import circus.tests.harness.Background;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.time.Duration;

/** {@code tail NAME out offset=0 follow=1} at the prompt, for a {@code writer.pl}: reads until the process has ended. */
final class TailReader implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PapaSession session;
    private final NumberedStream numbers;
    private final Background thread;
    private String unread = "";

    private TailReader(Kernel kernel, String name) {
        session = kernel.session();
        numbers = new NumberedStream("tail of " + name, Keeper.LINE, fault -> {
            throw new AssertionError(fault);
        });
        session.send("tail " + name + " out offset=0 follow=1\n");
        thread = Background.start("tail", this::read);
    }

    static TailReader start(Kernel kernel, String name) {
        return new TailReader(kernel, name);
    }

    private void read() {
        if (!numbers.isComplete()) {
            unread += session.receiveUntil(text -> text.endsWith("\n") || text.endsWith("\n> "), LIMIT);
            int end = unread.indexOf("\n[");
            numbers.take(end < 0 ? unread : unread.substring(0, end + 1));
            unread = end < 0 ? "" : unread.substring(end + 1);
            return;
        }
        if (!unread.endsWith("\n> ")) {
            unread += session.receiveUntil(text -> text.endsWith("> "), LIMIT);
        }
        if (!unread.matches("\\[\\S+ ended at .*, with exit code 7]\n> ")) {
            throw new AssertionError("the tail ends with: " + unread);
        }
        thread.close();
    }

    void check() {
        thread.check();
    }

    /** Returns when the tail has come to its end; how many lines it has shown. */
    long stop() {
        thread.join();
        session.close();
        return numbers.lines();
    }

    @Override
    public void close() {
        thread.close();
    }
}

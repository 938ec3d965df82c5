package circus.tests.upgrade;

import circus.tests.harness.Background;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** People who connect, say a word or two and go, all the time. None may be turned away, none may be left without an answer. */
final class OneShots implements AutoCloseable {
    private static final int THREADS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 2_000_000;

    private final List<Background> threads = new ArrayList<>();
    private final AtomicLong served = new AtomicLong();

    private OneShots() {}

    static OneShots start(Kernel kernel) {
        OneShots shots = new OneShots();
        for (int i = 0; i < THREADS; i++) {
            String name = "shot." + i;
            AtomicLong number = new AtomicLong();
            shots.threads.add(Background.start(name, () -> shots.one(kernel, name, number.getAndIncrement())));
        }
        return shots;
    }

    private void one(Kernel kernel, String name, long number) {
        try (PapaSession session = kernel.session()) {
            if (number > 0) {
                check(session.ask("g " + name), "said " + (number - 1));
            }
            check(session.ask("s " + name + " said\\ " + number), "");
            if (number % 2 == 0) {
                session.send("quit\n");
                session.receiveUntil(text -> text.endsWith("ok\n"), LIMIT);
            }
        }
        served.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private static void check(String answer, String expected) {
        if (!answer.equals(expected)) {
            throw new AssertionError("the answer is \"" + answer + "\", not \"" + expected + "\"");
        }
    }

    void check() {
        threads.forEach(Background::check);
    }

    /** Ends them; how many there have been. */
    long stop() {
        threads.forEach(Background::stop);
        return served.get();
    }

    @Override
    public void close() {
        threads.forEach(Background::close);
    }
}

package circus.tests.upgrade;

import circus.tests.harness.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;

/** A framed client with several requests under way at each time: values, sockets and processes. Each answer must be the right one. */
final class Asker implements AutoCloseable {
    private static final int LANES = 6;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final Duration TURN = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final KernelChannel channel;
    private final Background thread;
    private final String process;
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private int underWay;
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean ending;

    private Asker(Path socket, String process) throws PapaException {
        this.process = process;
        channel = KernelChannel.open(socket, frame -> faults.add("a frame for one who does not follow: " + frame));
        for (int lane = 0; lane < LANES; lane++) {
            set(lane, 0);
        }
        thread = Background.start("asker", this::step);
    }

    /** @param process the name of one that lives for as long */
    static Asker start(Path socket, String process) throws PapaException {
        return new Asker(socket, process);
    }

    private void step() throws PapaException {
        LockSupport.parkNanos(PAUSE_NANOS);
        channel.pump(TURN);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.size() + " faults, the first: " + faults.peek());
        }
    }

    private void set(int lane, long round) {
        if (ending) {
            return;
        }
        String value = "round " + round + " \u00fc\u0001";
        ask(List.of("set", "lane." + lane, value), "", () -> get(lane, round, value));
    }

    private void get(int lane, long round, String value) {
        ask(List.of("get", "lane." + lane), value, () -> list(lane, round));
    }

    private void list(int lane, long round) {
        ask(List.of("list", "processes", process), process + " incarnation=", () -> set(lane, round + 1));
    }

    private void ask(List<String> words, String expected, Runnable then) {
        underWay++;
        channel.request(words, new ReplyListener() {
            @Override
            public void ok(String text) {
                underWay--;
                answered.incrementAndGet();
                if (words.get(0).equals("list") ? !text.startsWith(expected) : !text.equals(expected)) {
                    faults.add(String.join(" ", words) + " is answered with " + text);
                }
                then.run();
            }

            @Override
            public void failed(String reason) {
                underWay--;
                faults.add(String.join(" ", words) + ": " + reason);
            }
        });
    }

    void check() {
        thread.check();
    }

    /** Ends it when the last answer has come; how many have come. */
    long stop() throws PapaException {
        ending = true;
        thread.stop();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (underWay > 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(underWay + " requests are not answered");
            }
            step();
        }
        // An answer that came twice would be before this one.
        channel.call(List.of("list", "sockets"), LIMIT);
        channel.close();
        return answered.get();
    }

    @Override
    public void close() {
        thread.close();
    }
}

package circus.tests.harness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients of a web server: so many requests a second, each on a connection of its own, each checked. A request that is late makes none
 * of the others late: several threads share the work.
 */
public final class Load implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int LIMIT_MILLIS = 5000;

    private final int port;
    private final long intervalNanos;
    private final List<Thread> threads = new ArrayList<>();
    private final Tally tally = new Tally();
    private volatile boolean stopping;

    private Load(int port, int perSecond) {
        this.port = port;
        intervalNanos = Duration.ofSeconds(1).toNanos() * THREADS / perSecond;
    }

    public static Load start(int port, int perSecond) {
        Load load = new Load(port, perSecond);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(load::run, "load-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
            thread.start();
        }
        return load;
    }

    private void run() {
        long next = System.nanoTime();
        while (!stopping) {
            long began = System.nanoTime();
            try {
                String answer = ask(port);
                tally.answered(answer, System.nanoTime() - began);
            } catch (IOException failure) {
                tally.failed(Instant.now() + " " + failure);
            }
            next += intervalNanos;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    /** One request; the whole answer. */
    static String ask(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            if (answer.length == 0) {
                throw new IOException("an empty answer");
            }
            return new String(answer, US_ASCII);
        }
    }

    /** What came of it so far. */
    public Tally tally() {
        return tally;
    }

    /** Ends it; returns when the last request is answered. */
    public Tally stop() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", interrupted);
            }
        }
        return tally;
    }

    @Override
    public void close() {
        stopping = true;
    }

    /** What came of the requests. All threads write to it. */
    public static final class Tally {
        private final Map<String, Integer> answers = new TreeMap<>();
        private final List<String> failures = new ArrayList<>();
        private long slowestNanos;

        private synchronized void answered(String answer, long nanos) {
            answers.merge(answer, 1, Integer::sum);
            slowestNanos = Math.max(slowestNanos, nanos);
        }

        private synchronized void failed(String failure) {
            failures.add(failure);
        }

        /** How often each answer came. */
        public synchronized Map<String, Integer> answers() {
            return Map.copyOf(answers);
        }

        public synchronized int answered() {
            return answers.values().stream().mapToInt(Integer::intValue).sum();
        }

        public synchronized List<String> failures() {
            return List.copyOf(failures);
        }

        public synchronized Duration slowest() {
            return Duration.ofNanos(slowestNanos);
        }
    }
}

package circus.manager;

import circus.manager.audit.ReopenedFile;
import circus.manager.output.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's own log: {@code 2026-11-20 21:21:54 circus[29021] [INFO] text}, to stderr or to a file, which is opened anew when somebody
 * has moved it. Lines are written by a thread of their own, {@code circus-log}, so that a disk that hangs stops nobody; when too many wait,
 * the newest are dropped and counted. Any thread may log.
 */
final class DaemonLog {
    private static final DaemonLog THE_ONE = new DaemonLog();
    private static final int MOST_WAITING = 20_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final String source = " circus[" + ProcessHandle.current().pid() + "] [";
    private volatile Level level = Level.INFO;

    /** Where the lines go; touched by the writing thread only. */
    private OutputStream output = System.err;

    private DaemonLog() {
        Thread writer = new Thread(this::write, "circus-log");
        writer.setDaemon(true);
        writer.start();
    }

    static DaemonLog get() {
        return THE_ONE;
    }

    void level(LogLevel chosen) {
        level = chosen.level();
    }

    boolean isLoggable(Level asked) {
        return asked != Level.OFF && asked.getSeverity() >= level.getSeverity();
    }

    /** @param place a file, from here on; {@code -} and {@code stdout} leave it where it is */
    void to(String place) throws StartupException {
        if (place.equals("-") || place.equals("stdout")) {
            return;
        }
        Path absolute = Path.of(place).toAbsolutePath();
        try {
            ReopenedFile opened = new ReopenedFile(absolute);
            enqueue(() -> output = opened);
        } catch (IOException refused) {
            throw new StartupException("cannot log to " + absolute + ": " + Reason.of(refused));
        }
    }

    void log(Level asked, String message, @Nullable Throwable thrown) {
        if (isLoggable(asked)) {
            logAlways(asked, message, thrown);
        }
    }

    /** Whatever the level is. */
    void logAlways(Level asked, String message, @Nullable Throwable thrown) {
        StringBuilder line = new StringBuilder(TIME.format(Instant.now()))
                .append(source)
                .append(LogLevel.word(asked))
                .append("] ")
                .append(plain(message))
                .append('\n');
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(trace);
        }
        byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
        enqueue(() -> put(bytes));
    }

    /** What a client sends may stand in a message: no line after the first looks like one of ours, and nothing moves a terminal's cursor. */
    private static String plain(String message) {
        StringBuilder plain = new StringBuilder(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\n') {
                plain.append("\n    ");
            } else if (Character.isISOControl(c) && c != '\t') {
                plain.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private void enqueue(Runnable task) {
        if (!waiting.offer(task)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        while (true) {
            try {
                waiting.take().run();
            } catch (InterruptedException nobodyInterruptsThis) {
                return;
            }
        }
    }

    private void put(byte[] line) {
        try {
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                output.write((lost + " log lines were dropped here\n").getBytes(StandardCharsets.UTF_8));
            }
            output.write(line);
        } catch (IOException full) {
            // There is nowhere to say so but the log itself, once it can be written again.
            dropped.incrementAndGet();
        }
    }

    /** Returns when everything that was logged so far is written, or when it takes too long. */
    void flush() {
        CountDownLatch written = new CountDownLatch(1);
        enqueue(written::countDown);
        try {
            if (!written.await(1, TimeUnit.SECONDS)) {
                dropped.incrementAndGet();
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}

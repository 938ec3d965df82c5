package circus.manager.audit;

import circus.options.AuditFormat;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The audit in a file of its own, of mode 0600 where it is new, and opened anew when somebody has moved it. Lines are written by a thread
 * of their own, {@code circus-audit}: a disk that is full or hangs stops nobody. Lines that cannot be written are counted, and the count is
 * told in the file as soon as it can be, and in circusd's log. Any thread may tell.
 */
public final class AuditFile implements Audit {
    static final String TIME = "time";

    private static final System.Logger LOG = System.getLogger(AuditFile.class.getName());

    /** Lines that wait for the disk: 16 MiB at the most. */
    private static final int MOST_WAITING = 2_000;

    private static final Duration LEAVING = Duration.ofSeconds(2);

    private final Path path;
    private final AuditFormat format;
    private final ReopenedFile file;
    private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();

    // ---- of the writing thread
    private boolean failing;
    private boolean torn;

    private AuditFile(Path path, AuditFormat format) throws IOException {
        this.path = path;
        this.format = format;
        this.file = new ReopenedFile(path, "rw-------");
    }

    /** @throws IOException if nothing can be written there now */
    public static AuditFile open(Path path, AuditFormat format) throws IOException {
        AuditFile opened = new AuditFile(path, format);
        Thread writer = new Thread(opened::write, "circus-audit");
        writer.setDaemon(true);
        writer.start();
        return opened;
    }

    @Override
    public void tell(Map<String, @Nullable Object> fields) {
        String line = AuditLine.of(fields, format);
        Object time = fields.get(TIME);
        if (!waiting.offer(() -> put(line, time))) {
            lost.incrementAndGet();
        }
    }

    private void write() {
        while (true) {
            try {
                waiting.take().run();
            } catch (InterruptedException nobodyInterruptsThis) {
                return;
            } catch (RuntimeException | OutOfMemoryError mistake) {
                lost.incrementAndGet();
                LOG.log(Level.ERROR, "a line of the audit could not be written", mistake);
            }
        }
    }

    private void put(String line, @Nullable Object time) {
        long missing = lost.get();
        try {
            if (missing > 0) {
                append(missingLine(missing, time));
                lost.addAndGet(-missing);
            }
            append(line);
            failing = false;
        } catch (IOException full) {
            lost.incrementAndGet();
            if (!failing) {
                LOG.log(
                        Level.WARNING,
                        "cannot write the audit to {0}: {1}; what is missing there will be counted",
                        path,
                        full.getMessage());
            }
            failing = true;
        }
    }

    private String missingLine(long missing, @Nullable Object time) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(TIME, time);
        fields.put("missing", missing);
        return AuditLine.of(fields, format);
    }

    /** What was written of a line before the disk was full does not become the beginning of the next. */
    private void append(String line) throws IOException {
        byte[] bytes = ((torn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.US_ASCII);
        torn = true;
        file.write(bytes, 0, bytes.length);
        torn = false;
    }

    @Override
    public void close() {
        CountDownLatch written = new CountDownLatch(1);
        try {
            if (!waiting.offer(written::countDown, LEAVING.toMillis(), TimeUnit.MILLISECONDS)
                    || !written.await(LEAVING.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "the audit in {0} may lack its last lines: its disk does not answer", path);
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}

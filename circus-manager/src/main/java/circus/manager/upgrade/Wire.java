package circus.manager.upgrade;

import circus.message.Json;
import circus.message.JsonException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What two circusd say to each other while one takes the other's place: JSON objects, a line each, in both directions over a Unix socket.
 * {@code say} tells what it is about. Lines of which {@code say} is not known are passed over, and so are keys, so that a later version may
 * say more; what one must understand changes {@link #PROTOCOL}.
 *
 * <p>Version history: 1, with 0.2.0.
 *
 * <p>Two threads of its own read and write; any thread may send, one receives. Bounded: {@link #MOST_LINES} lines and {@link #MOST_BYTES}
 * either way, each line {@link #LONGEST_LINE} bytes. Who sends more is read later; who does not read is cut off. What is no line of JSON ends
 * the connection: whatever comes after it cannot be trusted.
 */
final class Wire implements Closeable {
    static final int PROTOCOL = 1;

    private static final System.Logger LOG = System.getLogger(Wire.class.getName());

    /** No text in it may be longer than 20 million characters ({@link Json}). */
    private static final int LONGEST_LINE = 21 << 20;

    private static final int MOST_LINES = 20_000;
    private static final int MOST_BYTES = 48 << 20;

    /** Of a text that is for people. */
    private static final int MOST_SHOWN = 64 << 10;

    private static final String SAY = "say";

    /**
     * What was said.
     *
     * @param size in bytes
     */
    record Message(String say, Map<String, @Nullable Object> fields, int size) {
        private boolean isEnd() {
            return say.isEmpty();
        }

        String text(String key) {
            return fields.get(key) instanceof String text ? text : "";
        }

        /** A text that is to be shown: no longer than that makes sense, and no character in it but letters, signs and new lines. */
        String shown(String key) {
            String text = text(key);
            String whole = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
            return whole.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
        }

        /** What is told in Base64; empty if it is no such thing. */
        Optional<byte[]> bytes(String key) {
            try {
                return Optional.of(Base64.getDecoder().decode(text(key)));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        }

        long number(String key) {
            return fields.get(key) instanceof Number number ? number.longValue() : -1;
        }

        boolean truth(String key) {
            return Boolean.TRUE.equals(fields.get(key));
        }
    }

    /** Stands at the end of what was received. */
    private static final Message END = new Message("", Map.of(), 0);

    private final SocketChannel channel;
    private final BlockingQueue<Message> received = new ArrayBlockingQueue<>(MOST_LINES);
    private final BlockingQueue<byte[]> toSend = new ArrayBlockingQueue<>(MOST_LINES);

    /** Bytes that may still be received before some are taken. */
    private final Semaphore room = new Semaphore(MOST_BYTES);

    private final AtomicLong bytesToSend = new AtomicLong();
    private volatile Runnable bell = () -> {};
    private volatile boolean ended;

    /** The other one reads no more; what it has said may be on its way still. */
    private volatile boolean unheard;

    private volatile String fault = "";

    /** @param channel blocking; belongs to this from now on */
    Wire(SocketChannel channel) {
        this.channel = channel;
        start("circus-upgrade-in", this::read);
        start("circus-upgrade-out", this::write);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Is run, on a thread of this, whenever something has come. */
    void bell(Runnable next) {
        bell = next;
        next.run();
    }

    /** Any thread; never waits. On a connection that has ended, nothing happens. */
    void send(String say, Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put(SAY, say);
        line.putAll(fields);
        if (!isHeard()) {
            return;
        }
        byte[] bytes = Json.bytes(line);
        boolean fits = bytesToSend.addAndGet(bytes.length) <= MOST_BYTES && toSend.offer(bytes);
        if (!fits) {
            LOG.log(Level.ERROR, "the other circusd does not read what it is told");
            close();
        }
    }

    /** Whether what is sent can still reach the other one. */
    boolean isHeard() {
        return !ended && !unheard;
    }

    /** That the other one has not read yet. */
    long bytesToSend() {
        return bytesToSend.get();
    }

    void send(String say) {
        send(say, Map.of());
    }

    /** What has come; nothing where nothing has. */
    Optional<Message> poll() {
        Message next = received.peek();
        if (next == null || next.isEnd()) {
            return Optional.empty();
        }
        return Optional.of(taken(received.remove()));
    }

    private Message taken(Message message) {
        room.release(message.size());
        return message;
    }

    /** Why the connection was ended here, by what the other one said; else empty. */
    String fault() {
        return fault;
    }

    /** Whether the other one has gone, and all that it said was received. */
    boolean isOver() {
        Message next = received.peek();
        return next != null && next.isEnd();
    }

    /**
     * Waits.
     *
     * @throws IOException when nothing comes in time, or the other one has gone
     */
    Message await(long deadlineNanos) throws IOException {
        try {
            Message next = received.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new IOException("it did not answer in time");
            }
            if (next.isEnd()) {
                received.add(END);
                throw new IOException("it has closed the connection");
            }
            return taken(next);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", hurried);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    if (next != '\n') {
                        line.write(next);
                        if (line.size() > LONGEST_LINE) {
                            throw new IOException("it sends a line without end");
                        }
                        continue;
                    }
                    Map<String, @Nullable Object> object = Json.readObject(line.toByteArray());
                    String say = String.valueOf(object.get(SAY));
                    put(new Message(say.isEmpty() ? "nothing" : say, object, line.size()));
                    line = new ByteArrayOutputStream(); // one that was long is not kept
                }
                bell.run();
            }
        } catch (IOException over) {
            LOG.log(Level.DEBUG, "the connection to the other circusd has ended: {0}", over.toString());
        } catch (JsonException | RuntimeException | OutOfMemoryError nonsense) {
            fault = "what it says cannot be understood: " + nonsense;
            LOG.log(Level.ERROR, "the other circusd: {0}", fault);
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            try {
                received.put(END);
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
            bell.run();
        }
    }

    /** Waits for room; who is to make some is rung for before. */
    private void put(Message message) throws IOException, InterruptedException {
        if (room.availablePermits() < message.size() || received.remainingCapacity() == 0) {
            bell.run();
        }
        while (!room.tryAcquire(message.size(), 1, TimeUnit.SECONDS) || !offered(message)) {
            if (ended) {
                throw new IOException("it is closed");
            }
        }
    }

    private boolean offered(Message message) throws InterruptedException {
        if (received.offer(message, 1, TimeUnit.SECONDS)) {
            return true;
        }
        room.release(message.size());
        return false;
    }

    private void write() {
        try {
            while (isHeard()) {
                byte[] line = toSend.poll(1, TimeUnit.SECONDS);
                if (line == null) {
                    continue;
                }
                ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
                bytes.put(line).put((byte) '\n').flip();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                bytesToSend.addAndGet(-line.length);
            }
        } catch (IOException gone) {
            // Not the end: who has gone may have said something before, which is read up to its end.
            unheard = true;
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until all is sent, for so long. */
    void drain(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (isHeard() && bytesToSend.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            channel.close();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "the connection to the other circusd is gone already: {0}", gone.toString());
        }
    }
}

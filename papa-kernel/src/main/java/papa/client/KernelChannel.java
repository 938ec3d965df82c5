package papa.client;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;
import papa.wire.FrameDecoder;
import papa.wire.FrameException;
import papa.wire.Words;

/**
 * A framed session with a kernel. One thread owns it and calls every method; all listeners run on that thread, from
 * within {@link #onReadable}, {@link #call} or {@link #close}. Words and texts are ordinary strings here and UTF-8 on
 * the wire.
 *
 * <p>The owner registers {@link #channel} with its selector or poller, calls {@link #onReadable} when it can be read,
 * and {@link #flush} once per turn and, while {@link #wantsWrite}, when it can be written. Any number of requests may be
 * under way; the kernel answers each once, in an order of its own.
 *
 * <p>When the kernel has gone, every unanswered request fails, and the method that noticed throws; only reading notices,
 * so that nothing is lost of what the kernel sent before its end.
 */
public final class KernelChannel implements Closeable {
    /**
     * How long a kernel is waited for that serves: while another program takes its place ({@code papa upgrade}), requests wait,
     * for less than a second as a rule, and for ten seconds and its start at most.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOGGER = System.getLogger(KernelChannel.class.getName());
    private static final int INPUT_SIZE = 128 * 1024;
    private static final int TAG_RADIX = 36;

    private final Path socket;
    private final SocketChannel channel;
    private final Hello hello;
    private final FrameDecoder decoder;
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_SIZE);
    private final Outbox outbox = new Outbox();
    private final Map<String, ReplyListener> unanswered = new LinkedHashMap<>();
    private long nextTag;
    private boolean dispatching;
    private boolean writable = true;
    private @Nullable String end;
    private @Nullable String strayTag;
    private @Nullable Selector waiting;

    private KernelChannel(Path socket, SocketChannel channel, Hello hello, FrameListener frames) {
        this.socket = socket;
        this.channel = channel;
        this.hello = hello;
        this.decoder = new FrameDecoder(new Dispatcher(frames));
    }

    /**
     * Connects and says hello; waits up to {@link #PATIENCE} for the kernel to answer.
     *
     * @throws PapaException if nobody listens there, or what listens is no kernel that we can speak with
     */
    public static KernelChannel open(Path socket, FrameListener frames) throws PapaException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException | IllegalArgumentException e) {
            throw new PapaException("cannot reach a kernel at " + socket + ": " + e.getMessage(), e);
        }
        try {
            channel.configureBlocking(false);
            Handshake handshake = new Handshake(channel);
            Hello hello = handshake.perform(PATIENCE);
            if (hello.wire() < Frame.WIRE_VERSION || !hello.can("framed")) {
                throw new PapaException("its wire is version " + hello.wire() + ", needed is " + Frame.WIRE_VERSION);
            }
            KernelChannel opened = new KernelChannel(socket, channel, hello, frames);
            opened.dispatch(handshake.rest());
            return opened;
        } catch (IOException | PapaException e) {
            closeQuietly(channel);
            throw new PapaException("cannot use the kernel at " + socket + ": " + e.getMessage(), e);
        }
    }

    public Hello hello() {
        return hello;
    }

    /** Non-blocking, for the owner's selector or poller. */
    public SocketChannel channel() {
        return channel;
    }

    /**
     * Gives the connection away as it is, to who wants neither answers nor frames any more: nothing more is read from it, and
     * nobody watches it. It is to be closed by its new owner, this one is not.
     */
    public SocketChannel giveAway() throws PapaException {
        try {
            flush();
            if (waiting != null) {
                waiting.close();
            }
            return channel;
        } catch (IOException e) {
            throw end("cannot leave the connection to " + socket + ": " + e.getMessage(), e);
        }
    }

    /** Whether the session goes on; false from the moment on in which its end fails the unanswered requests. */
    public boolean isOpen() {
        return end == null;
    }

    /** Whether requests are left over that the socket has not taken yet. */
    public boolean wantsWrite() {
        return !outbox.isEmpty();
    }

    /** Queues a request, sent by the next {@link #flush}. On a connection that is at its end it fails at once. */
    public void request(List<String> words, ReplyListener reply) {
        if (end != null) {
            reply.failed(end);
            return;
        }
        String tag = Long.toString(nextTag++, TAG_RADIX);
        unanswered.put(tag, reply);
        if (writable) {
            String line = words.stream()
                    .map(Words::utf8)
                    .collect(Collectors.collectingAndThen(Collectors.toList(), Words::line));
            outbox.add((tag + " " + line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Writes what the socket takes. */
    public void flush() throws PapaException {
        throwIfEnded();
        try {
            outbox.flush(channel);
        } catch (IOException e) {
            // The kernel has gone or shut us out. What it said last may still wait to be read; then reading tells.
            writable = false;
            outbox.clear();
            shutOutput();
        }
    }

    /** Makes sure that reading comes to an end, whatever it was that made writing fail. */
    private void shutOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // Then the other side has shut it already.
            LOGGER.log(Level.DEBUG, "cannot shut the connection to " + socket, e);
        }
    }

    /** Reads once and dispatches what came. */
    public void onReadable() throws PapaException {
        throwIfEnded();
        int count;
        try {
            count = channel.read(input);
        } catch (IOException e) {
            throw end("the kernel at " + socket + " has gone", e);
        }
        if (count < 0) {
            throw end("the kernel at " + socket + " has gone", null);
        }
        try {
            dispatch(input.flip());
        } finally {
            input.compact();
        }
    }

    /**
     * Sends a request and waits for its answer; dispatches everything else that comes meanwhile. For start-up, tests and
     * tools: a loop that must not block uses {@link #request}.
     *
     * @throws PapaException with the kernel's words when it refuses, or when the limit has passed
     */
    public String call(List<String> words, Duration limit) throws PapaException {
        if (dispatching) {
            throw new IllegalStateException("cannot wait for the kernel from within one of its listeners");
        }
        Answer answer = new Answer();
        request(words, answer);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!answer.came) {
            if (System.nanoTime() >= deadlineNanos) {
                throw new PapaException("the kernel at " + socket + " did not answer \"" + words.get(0) + "\" within "
                        + limit.toMillis() + " ms");
            }
            pump(deadlineNanos);
        }
        if (answer.refused != null) {
            throw new PapaException(answer.refused);
        }
        return answer.text;
    }

    /**
     * One turn of a loop, for a program that has none: writes what is to be written, waits until something comes or the
     * limit has passed, and hands it to the listeners.
     */
    public void pump(Duration limit) throws PapaException {
        pump(System.nanoTime() + limit.toNanos());
    }

    void pump(long deadlineNanos) throws PapaException {
        flush();
        try {
            Selector selector = waiting;
            if (selector == null) {
                selector = Selector.open();
                waiting = selector;
            }
            channel.register(
                    selector, wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            Waiting.await(selector, deadlineNanos);
        } catch (IOException e) {
            throw new PapaException("cannot wait for the kernel at " + socket + ": " + e.getMessage(), e);
        }
        onReadable();
    }

    /** Ends the session, and with it what the kernel ties to it, a lease for example. Unanswered requests fail. */
    @Override
    public void close() {
        if (end == null) {
            end("the connection to the kernel at " + socket + " was closed", null);
        }
        closeQuietly(channel);
        if (waiting != null) {
            closeQuietly(waiting);
        }
    }

    private void throwIfEnded() throws PapaException {
        if (end != null) {
            throw new PapaException(end);
        }
    }

    private PapaException end(String reason, @Nullable Throwable cause) {
        end = reason;
        outbox.clear();
        List<ReplyListener> left = new ArrayList<>(unanswered.values());
        unanswered.clear();
        left.forEach(each -> each.failed(reason));
        return cause == null ? new PapaException(reason) : new PapaException(reason, cause);
    }

    private void dispatch(ByteBuffer bytes) throws PapaException {
        dispatching = true;
        try {
            decoder.feed(bytes);
        } catch (FrameException e) {
            throw end("cannot understand the kernel at " + socket + ": " + e.getMessage(), e);
        } finally {
            dispatching = false;
        }
        if (strayTag != null && end == null) {
            throw end(
                    "cannot understand the kernel at " + socket + ": it answers a request \"" + strayTag
                            + "\" that was never made",
                    null);
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // The descriptor is released all the same, and nobody can do more.
            LOGGER.log(Level.DEBUG, "cannot close " + closeable, e);
        }
    }

    /** Hands on what was decoded; silent once a listener has closed the channel. */
    private final class Dispatcher implements FrameDecoder.Sink {
        private final FrameListener frames;

        Dispatcher(FrameListener frames) {
            this.frames = frames;
        }

        @Override
        public void reply(String tag, boolean ok, String body) {
            ReplyListener listener = unanswered.remove(tag);
            if (listener == null) {
                strayTag = tag;
            } else if (ok) {
                listener.ok(body);
            } else {
                listener.failed(body);
            }
        }

        @Override
        public void frame(Frame frame) {
            if (end == null) {
                frames.frame(frame);
            }
        }
    }

    /** The answer that {@link #call} waits for. */
    private static final class Answer implements ReplyListener {
        private boolean came;
        private String text = "";
        private @Nullable String refused;

        @Override
        public void ok(String text) {
            came = true;
            this.text = text;
        }

        @Override
        public void failed(String reason) {
            came = true;
            refused = reason;
        }
    }
}

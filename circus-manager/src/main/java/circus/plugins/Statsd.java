package circus.plugins;

import circus.message.PythonText;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.PluginOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells a statsd server of numbers: one datagram each, {@code circus.APPLICATION.watcher.BUCKET:VALUE|TYPE}, and {@code |@RATE} behind it
 * when the sample rate is not 1. The rate is only told: everything is sent.
 *
 * <p>Its methods may be called on any thread. They neither wait nor throw: what is to be sent is kept, up to a limit, for a thread that looks
 * the server's name up and sends. What cannot be sent is counted, and the log tells of it once until something can be sent again.
 */
final class Statsd implements AutoCloseable {
    /** For as long as the name is looked up; what comes then is left out. */
    static final int MOST_WAITING = 10_000;

    private static final System.Logger LOG = System.getLogger(Statsd.class.getName());

    /** Names may come to mean another machine. */
    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

    private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Duration TO_CLOSE = Duration.ofSeconds(1);
    private static final String END = "";

    /** How names are looked up; may take its time. */
    interface Lookup {
        InetAddress address(String host) throws UnknownHostException;
    }

    private final String host;
    private final int port;
    private final String prefix;
    private final String suffix;
    private final Lookup lookup;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread sender;

    // ---- of the sender's thread
    private @Nullable InetAddress address;
    private long lookedUpNanos;
    private boolean isTold;

    private Statsd(String host, int port, String application, double sampleRate) {
        this(host, port, application, sampleRate, InetAddress::getByName);
    }

    Statsd(String host, int port, String application, double sampleRate, Lookup lookup) {
        this.host = host;
        this.port = port;
        this.prefix = "circus." + application + ".watcher.";
        this.suffix = sampleRate == 1 ? "" : "|@" + PythonText.number(sampleRate);
        this.lookup = lookup;
        this.sender = new Thread(this::send, "circus-statsd");
        sender.setDaemon(true);
        sender.start();
    }

    /**
     * The server that a section names.
     *
     * @param application the plugin's option {@code application_name}; its default is not the same for all
     */
    static Statsd of(OptionValues options, Option<String> application) {
        return new Statsd(
                options.get(PluginOptions.HOST),
                options.get(PluginOptions.STATSD_PORT),
                options.get(application),
                options.get(PluginOptions.SAMPLE_RATE));
    }

    /** One more. */
    void increment(String bucket) {
        keep(bucket, "1|c");
    }

    /** One less. */
    void decrement(String bucket) {
        keep(bucket, "-1|c");
    }

    /** So much it is now: a whole number, or one with a fraction, which it keeps though it be 0. */
    void gauge(String bucket, Number value) {
        keep(bucket, PythonText.str(value) + "|g");
    }

    /** So many milliseconds it took. */
    void timed(String bucket, long millis) {
        keep(bucket, millis + "|ms");
    }

    private void keep(String bucket, String value) {
        if (!waiting.offer(prefix + bucket + ":" + value + suffix)) {
            leftOut.incrementAndGet();
        }
    }

    /** How many were not sent so far. */
    long leftOut() {
        return leftOut.get();
    }

    private void send() {
        try (DatagramSocket socket = new DatagramSocket()) {
            while (true) {
                String metric = waiting.take();
                if (metric.equals(END)) {
                    return;
                }
                send(socket, metric);
            }
        } catch (InterruptedException closed) {
            // What still waits took too long.
        } catch (IOException | RuntimeException unusable) {
            LOG.log(Level.ERROR, "cannot send to statsd: there is no UDP socket: {0}", unusable.getMessage());
        }
    }

    private void send(DatagramSocket socket, String metric) {
        try {
            InetAddress server = server();
            byte[] bytes = metric.getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length, server, port));
            isTold = false;
        } catch (IOException | RuntimeException failed) {
            leftOut.incrementAndGet();
            if (!isTold) {
                isTold = true;
                LOG.log(
                        Level.WARNING,
                        "cannot send to statsd at {0}:{1}: {2}; what is not sent is lost",
                        host,
                        String.valueOf(port),
                        failed instanceof UnknownHostException
                                ? "the name is unknown, or nobody answers who knows it"
                                : failed.getMessage());
            }
        }
    }

    private InetAddress server() throws UnknownHostException {
        long age = System.nanoTime() - lookedUpNanos;
        InetAddress known = address;
        if (lookedUpNanos != 0 && age < (known == null ? RETRY_NANOS : FRESH_NANOS)) {
            if (known == null) {
                throw new UnknownHostException(host);
            }
            return known;
        }
        try {
            known = lookup.address(host);
        } catch (UnknownHostException unknown) {
            if (known == null) {
                throw unknown;
            }
            // Where it was is still the best guess.
        } finally {
            lookedUpNanos = System.nanoTime();
        }
        address = known;
        return known;
    }

    /** Sends what waits, if that does not take long; from then on nothing is sent. */
    @Override
    public void close() {
        boolean unused = waiting.offer(END);
        try {
            sender.join(TO_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        sender.interrupt();
    }
}

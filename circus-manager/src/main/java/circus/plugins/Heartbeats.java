package circus.plugins;

import circus.plugin.PluginContext;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Receives heartbeats, on a thread of its own: UDP datagrams that say whose they are. Of each process that is monitored only the latest is
 * kept, and of others nothing but their number, so whatever is sent here takes no more room. The thread ends with the plugin's, also where
 * that ends without a word.
 */
final class Heartbeats implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Heartbeats.class.getName());

    /** What is longer is cut off, as in Circus. */
    private static final int LONGEST = 1024;

    /** Bytes that may wait in the system; it may allow less. */
    private static final int ROOM = 1 << 20;

    private static final String PID = "pid";

    /** How often it looks whether the plugin is still there. */
    private static final int LOOK_MILLIS = 500;

    private final Pattern format;
    private final LongSupplier nanos;
    private final DatagramSocket socket;
    private final int boundTo;

    /** Whose heartbeats are kept; the plugin's thread writes it. */
    private final Set<Integer> monitored = ConcurrentHashMap.newKeySet();

    /** The latest of each; the receiving thread writes it, the plugin's takes them out. */
    private final Map<Integer, Long> latest = new ConcurrentHashMap<>();

    private final AtomicLong strange = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private volatile String example = "";

    /**
     * Takes the port.
     *
     * @param format with a group {@code pid}
     * @throws IOException the address cannot be had; says which, and why
     */
    Heartbeats(String ip, int port, Pattern format, LongSupplier nanos) throws IOException {
        this.format = format;
        this.nanos = nanos;
        String place = ip + ":" + port;
        socket = new DatagramSocket((SocketAddress) null); // not bound yet
        try {
            socket.setSoTimeout(LOOK_MILLIS);
            socket.setReceiveBufferSize(ROOM);
            socket.bind(new InetSocketAddress(InetAddress.getByName(ip), port));
            boundTo = socket.getLocalPort();
        } catch (UnknownHostException noAddress) {
            socket.close();
            throw new IOException("cannot receive heartbeats at " + place + ": ip is no address of this machine");
        } catch (IOException taken) {
            socket.close();
            throw new IOException(
                    "cannot receive heartbeats at " + place + ": " + taken.getMessage()
                            + "; nothing is watched as long as it is so (ip and port say where)",
                    taken);
        }
    }

    /** Whether an expression has a group {@code pid}. */
    static boolean namesProcess(Pattern format) {
        try {
            Pattern unused = Pattern.compile(format.pattern() + "\\k<" + PID + ">", format.flags());
            return true;
        } catch (IllegalArgumentException noSuchGroup) {
            return false;
        }
    }

    /** Begins to receive. On the plugin's thread, with which it ends. */
    void start(PluginContext circus) {
        Thread owner = Thread.currentThread();
        Thread receiver = new Thread(() -> receive(circus, owner), "circus-" + circus.name() + "-heartbeats");
        receiver.setDaemon(true);
        receiver.start();
    }

    boolean hasHeard(int pid) {
        return latest.containsKey(pid);
    }

    int kept() {
        return latest.size();
    }

    int port() {
        return boundTo;
    }

    private void receive(PluginContext circus, Thread owner) {
        byte[] room = new byte[LONGEST];
        DatagramPacket packet = new DatagramPacket(room, room.length);
        try (socket) {
            while (owner.isAlive()) {
                packet.setLength(room.length);
                try {
                    socket.receive(packet);
                    take(room, packet.getLength());
                } catch (SocketTimeoutException nobody) {
                    // Look again whether anybody wants them.
                }
            }
        } catch (IOException failed) {
            if (!socket.isClosed()) {
                circus.execute(() -> {
                    throw new IOException("cannot receive heartbeats any more: " + failed.getMessage(), failed);
                });
            }
        }
    }

    private void take(byte[] bytes, int length) {
        Optional<Integer> pid = pid(bytes, length);
        if (pid.isEmpty()) {
            strange.incrementAndGet();
        } else if (monitored.contains(pid.get())) {
            latest.put(pid.get(), nanos.getAsLong());
        } else {
            unknown.incrementAndGet();
            example = pid.get().toString();
        }
    }

    private Optional<Integer> pid(byte[] bytes, int length) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            Matcher matcher = format.matcher(text);
            String pid = matcher.lookingAt() ? matcher.group(PID) : null;
            return pid == null ? Optional.empty() : Optional.of(Integer.valueOf(pid.strip()));
        } catch (CharacterCodingException | NumberFormatException | StackOverflowError noHeartbeat) {
            return Optional.empty();
        }
    }

    /** From now on heartbeats of this process are kept. */
    void monitor(int pid) {
        monitored.add(pid);
    }

    void forget(int pid) {
        monitored.remove(pid);
        latest.remove(pid);
    }

    /** The heartbeats since the last time: when each process has sent its latest. Tells the log of what else came. */
    Map<Integer, Long> collect() {
        Map<Integer, Long> collected = Map.copyOf(latest);
        collected.forEach((pid, time) -> latest.remove(pid, time));
        latest.keySet().retainAll(monitored);
        long others = unknown.getAndSet(0);
        if (others > 0) {
            LOG.log(
                    Level.WARNING,
                    "{0} heartbeats came from processes that are not monitored, the last one from {1}",
                    String.valueOf(others),
                    example);
        }
        long none = strange.getAndSet(0);
        if (none > 0) {
            LOG.log(Level.WARNING, "{0} datagrams were no heartbeats as msg_regex has them", String.valueOf(none));
        }
        return collected;
    }

    @Override
    public void close() {
        socket.close(); // which ends the thread
    }
}

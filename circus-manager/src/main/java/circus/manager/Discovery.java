package circus.manager;

import circus.message.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells where circusd is: a datagram of any content that comes to the multicast group, or to its port at this machine, is answered with
 * {@code {"endpoint": "tcp://…"}}, to its sender alone (contract/events-and-stats.md, section 6). On a thread of its own, {@code
 * circus-discovery}.
 *
 * <p>A sender's address can be a lie, so this is worth nobody's while: {@value #MOST_ANSWERS} answers of a few bytes in a second, whoever asks, and
 * none to what is an answer itself, so that two daemons cannot be set upon each other.
 */
final class Discovery implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Discovery.class.getName());
    static final int MOST_ANSWERS = 50;
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_BYTES = 1024;
    private static final int FARTHEST = 255;
    private static final String OFF = "none";

    private final DatagramChannel channel;
    private final byte[] answer;
    private final byte[] kind;
    private long windowBeganNanos = System.nanoTime();
    private int answers;

    private Discovery(DatagramChannel channel, String endpoint) {
        this.channel = channel;
        this.answer = Json.bytes(Collections.singletonMap("endpoint", endpoint));
        this.kind = "{\"endpoint\":".getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Begins to answer.
     *
     * @param group {@code udp://ADDRESS:PORT}; nothing or {@code none} for not at all
     * @param endpoint what is answered
     * @return nothing when it is switched off, or impossible, which is logged: circusd can do without
     */
    static Optional<Discovery> begin(String group, String endpoint) {
        if (group.isBlank() || group.strip().equalsIgnoreCase(OFF)) {
            return Optional.empty();
        }
        try {
            Discovery discovery = new Discovery(open(group.strip()), endpoint);
            Thread thread = new Thread(discovery::serve, "circus-discovery");
            thread.setDaemon(true);
            thread.start();
            return Optional.of(discovery);
        } catch (IOException | RuntimeException impossible) {
            LOG.log(
                    Level.WARNING,
                    "Multicast discovery is disabled, there was an error during udp socket creation: cannot use"
                            + " multicast_endpoint {0}: {1}",
                    group,
                    impossible.getMessage());
            return Optional.empty();
        }
    }

    private static DatagramChannel open(String group) throws IOException {
        int colon = group.lastIndexOf(':');
        int port = Integer.parseInt(group.substring(colon + 1).replace("/", ""));
        InetAddress address = InetAddress.getByName(group.substring("udp://".length(), colon));
        if (!address.isMulticastAddress() || address.getAddress().length != 4) {
            throw new IOException("the address of a group is one of 224.0.0.0 to 239.255.255.255");
        }
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        boolean whole = false;
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, FARTHEST);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port));
            join(channel, address);
            whole = true;
            return channel;
        } finally {
            if (!whole) {
                channel.close();
            }
        }
    }

    /** On all networks that this machine has now. */
    private static void join(DatagramChannel channel, InetAddress group) throws IOException {
        List<NetworkInterface> all = Collections.list(NetworkInterface.getNetworkInterfaces());
        IOException refused = new IOException("this machine has no network");
        boolean joined = false;
        for (NetworkInterface network : all) {
            try {
                if (network.isUp()) {
                    channel.join(group, network);
                    joined = true;
                }
            } catch (IOException | IllegalArgumentException notThere) {
                refused = new IOException("cannot join on " + network.getName() + ": " + notThere.getMessage());
                LOG.log(Level.DEBUG, "discovery: {0}", refused.getMessage());
            }
        }
        if (!joined) {
            throw refused;
        }
    }

    private void serve() {
        ByteBuffer question = ByteBuffer.allocate(MOST_BYTES);
        while (true) {
            try {
                SocketAddress sender = channel.receive(question.clear());
                if (sender != null && !isAnswer(question.flip()) && mayAnswer(System.nanoTime())) {
                    channel.send(ByteBuffer.wrap(answer), sender);
                }
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException | RuntimeException unreachable) {
                LOG.log(Level.DEBUG, "discovery: {0}", unreachable);
                LockSupport.parkNanos(WINDOW_NANOS / MOST_ANSWERS);
            }
        }
    }

    private boolean isAnswer(ByteBuffer question) {
        return question.remaining() >= kind.length
                && question.slice(0, kind.length).equals(ByteBuffer.wrap(kind));
    }

    private boolean mayAnswer(long now) {
        if (now - windowBeganNanos >= WINDOW_NANOS) {
            windowBeganNanos = now;
            answers = 0;
        }
        answers++;
        return answers <= MOST_ANSWERS;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException closing) {
            LOG.log(Level.DEBUG, "discovery: {0}", closing);
        }
    }
}

package circus.client;

import circus.curve.KeyFile;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a manager: requests to its control endpoint, events from its PUB endpoint. Blocking; one thread owns it.
 *
 * <p>It is a ZeroMQ client in plain JDK classes, because a command-line tool must start fast. As with ZeroMQ, a peer that does not answer
 * yet is tried again until the time is over; a request that was sent is never sent twice.
 */
public final class CircusClient implements AutoCloseable {
    private static final List<String> CONTROL_PEERS = List.of("ROUTER", "DEALER", "REP");
    private static final List<String> EVENT_PEERS = List.of("PUB", "XPUB");
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final byte SUBSCRIBE = 1;
    private static final int MOST_REFUSALS = 3;
    private static final String NO_ANSWER = "no answer";

    private final Endpoint endpoint;
    private final @Nullable KeyFile keys;
    private final @Nullable SshTunnel tunnel;
    private @Nullable ZmtpConnection control;
    private String lastFailure = NO_ANSWER;
    private int refusals;
    private boolean isNobodyThere;
    private boolean patient;

    /**
     * Connects at the first use, not here.
     *
     * @param endpoint {@code tcp://HOST:PORT} or {@code ipc://PATH}
     * @throws IllegalArgumentException for anything else
     */
    public CircusClient(String endpoint) {
        this(endpoint, null);
    }

    /** @param keys by {@link KeyFile#readClient}, where the endpoint demands them; null for a connection in plain text */
    public CircusClient(String endpoint, @Nullable KeyFile keys) {
        this(endpoint, keys, null);
    }

    /** Through a tunnel, which stays its owner's to close. */
    public CircusClient(SshTunnel tunnel, @Nullable KeyFile keys) {
        this(tunnel.endpoint(), keys, tunnel);
    }

    private CircusClient(String endpoint, @Nullable KeyFile keys, @Nullable SshTunnel tunnel) {
        this.endpoint = new Endpoint(endpoint);
        this.keys = keys;
        this.tunnel = tunnel;
    }

    /** An id for a request: 32 hexadecimal digits, different each time. */
    public static String freshId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder id = new StringBuilder(32);
        while (id.length() < 32) {
            id.append(Character.forDigit(random.nextInt(16), 16));
        }
        return id.toString();
    }

    /**
     * Waits until the control endpoint is there, also where nothing listens yet or the peer hangs up, as one does that starts or ends. Sends
     * nothing; the next call has its own time.
     *
     * @throws CallException when it is not there in time, or is something else than a circusd's
     */
    public void awaitPeer(Duration limit) throws CallException {
        ZmtpConnection connection = control;
        if (connection != null && connection.isAlive()) {
            return;
        }
        close();
        patient = true;
        try {
            control = connect("DEALER", CONTROL_PEERS, Deadline.in(limit), null);
        } finally {
            patient = false;
        }
        if (control == null) {
            throw CallException.absent(
                    "cannot reach " + place() + " within " + limit.toSeconds() + " s: " + lastFailure);
        }
        lastFailure = NO_ANSWER;
    }

    /**
     * Sends a request and waits for its reply. Replies to other requests are dropped; a request without an id takes the first reply that
     * comes.
     *
     * @param limit for all of it: connecting, sending, waiting
     */
    public Answer call(Request request, Duration limit) throws CallException {
        Deadline deadline = Deadline.in(limit);
        try {
            ZmtpConnection connection = send(request, deadline);
            while (true) {
                List<byte[]> message = connection.receive(deadline);
                if (message == null) {
                    if (request.id() == null) {
                        close(); // Else the late reply would be taken for that of the next request.
                    }
                    throw timedOut();
                }
                Answer answer = answer(message.get(message.size() - 1));
                if (request.id() == null || isSame(request.id(), answer.fields().get("id"))) {
                    return answer;
                }
            }
        } catch (IOException lost) {
            close();
            throw CallException.lost("cannot tell what became of '" + request.command() + "': " + place()
                    + " went away before it answered: " + lost.getMessage());
        } catch (PeerException wrong) {
            throw unusable(wrong);
        }
    }

    /**
     * The same for a command and its properties: {@code call("list", Map.of("name", "web"), limit)}.
     *
     * @param properties texts, numbers, truth values, null, lists and maps with texts as keys
     * @param limit for all of it: connecting, sending, waiting
     * @return the reply, also one of an error
     * @throws CallException when there is no reply
     */
    public Answer call(String command, Map<String, ?> properties, Duration limit) throws CallException {
        return call(new Request(freshId(), command, new LinkedHashMap<>(properties), false), limit);
    }

    /** The same, with the limit of circusctl: 5 s. */
    public Answer call(String command, Map<String, ?> properties) throws CallException {
        return call(command, properties, LIMIT);
    }

    /** Sends a command that gets no reply, and returns when the operating system has it, in 5 s at the most. */
    public void cast(String command, Map<String, ?> properties) throws CallException {
        cast(new Request(freshId(), command, new LinkedHashMap<>(properties), true), LIMIT);
    }

    /** Sends a request that gets no reply, and returns when the operating system has it. */
    public void cast(Request request, Duration limit) throws CallException {
        try {
            send(new Request(request.id(), request.command(), request.properties(), true), Deadline.in(limit));
        } catch (IOException lost) {
            close();
            throw new CallException("cannot send '" + request.command() + "' to " + place() + ": " + lost.getMessage());
        } catch (PeerException wrong) {
            throw unusable(wrong);
        }
    }

    private ZmtpConnection send(Request request, Deadline deadline) throws IOException, PeerException, CallException {
        ZmtpConnection connection = control;
        if (connection != null && !connection.isAlive()) {
            close();
            connection = null;
        }
        if (connection == null) {
            connection = connect("DEALER", CONTROL_PEERS, deadline, null);
            if (connection == null) {
                throw isNobodyThere ? CallException.nobodyThere(lateness()) : timedOut();
            }
            control = connection;
            lastFailure = NO_ANSWER;
        }
        if (!connection.send(request.encode(), deadline)) {
            close();
            throw timedOut();
        }
        return connection;
    }

    /**
     * Subscribes to the events whose topic begins with one of {@code topics} (all, when there are none) and hands each to the listener.
     * Reconnects when the connection is lost. Returns when the listener has enough; ends with an exception when the thread is interrupted
     * or the endpoint is no PUB socket.
     */
    public void subscribe(Collection<String> topics, EventListener listener) throws CallException {
        while (true) {
            ZmtpConnection connection = connect("SUB", EVENT_PEERS, Deadline.never(), listener);
            if (connection == null) {
                return;
            }
            try (connection) {
                listen(connection, topics, listener);
                return;
            } catch (IOException lost) {
                pause(Deadline.never());
            } catch (PeerException wrong) {
                throw unusable(wrong);
            }
        }
    }

    /**
     * The same with events as objects, until the listener has enough.
     *
     * @param listener gets each event; false ends the subscription
     */
    public void subscribe(Collection<String> topics, Predicate<ManagerEvent> listener) throws CallException {
        EventListener decoding = (topic, body) -> listener.test(ManagerEvent.of(topic, body));
        subscribe(topics, decoding);
    }

    private static void listen(ZmtpConnection connection, Collection<String> topics, EventListener listener)
            throws IOException, PeerException {
        Deadline never = Deadline.never();
        for (String topic : topics.isEmpty() ? List.of("") : topics) {
            byte[] prefix = topic.getBytes(StandardCharsets.UTF_8);
            byte[] subscription = new byte[prefix.length + 1];
            subscription[0] = SUBSCRIBE;
            System.arraycopy(prefix, 0, subscription, 1, prefix.length);
            connection.send(subscription, never);
        }
        while (true) {
            List<byte[]> message = connection.receive(never);
            if (message != null
                    && message.size() == 2
                    && !listener.event(new String(message.get(0), StandardCharsets.UTF_8), message.get(1))) {
                return;
            }
        }
    }

    /** Tries until it has a connection. Null when the deadline came first, or the listener gave up. */
    private @Nullable ZmtpConnection connect(
            String socketType, List<String> peers, Deadline deadline, @Nullable EventListener listener)
            throws CallException {
        boolean told = false;
        do {
            ZmtpConnection connection = tryOnce(socketType, peers, deadline, patient || listener != null);
            if (connection != null) {
                return connection;
            }
            if (listener != null && !told && !listener.waiting(lastFailure)) {
                return null;
            }
            told = true;
            pause(deadline);
        } while (!deadline.isOver());
        return null;
    }

    /** @param hopeful whether it may come though the other end of a tunnel finds nothing there */
    private @Nullable ZmtpConnection tryOnce(String socketType, List<String> peers, Deadline deadline, boolean hopeful)
            throws CallException {
        try {
            for (SocketAddress address : endpoint.addresses()) {
                try {
                    ZmtpConnection connection =
                            ZmtpConnection.open(address, socketType, peers, Security.of(keys), deadline);
                    refusals = 0;
                    isNobodyThere = false;
                    return connection;
                } catch (RefusedException refused) {
                    // It may be about to end, and will then be tried again.
                    lastFailure = trouble(refused);
                    isNobodyThere = false;
                    refusals++;
                    if (refusals >= MOST_REFUSALS && !patient) {
                        throw new PeerException(lastFailure);
                    }
                } catch (IOException notThere) {
                    lastFailure = trouble(notThere);
                    isNobodyThere = notThere instanceof ConnectException || lastFailure.contains("No such file");
                    refusals += tunnel != null && tunnel.isRefused() ? 1 : 0;
                    if (lastFailure.contains("Permission denied")
                            || (tunnel != null && !tunnel.isOpen())
                            || (refusals >= MOST_REFUSALS && !hopeful)) {
                        throw new PeerException(lastFailure);
                    }
                }
            }
        } catch (UnknownHostException unknown) {
            throw unusable(new PeerException("unknown host"));
        } catch (IOException notYet) {
            lastFailure = String.valueOf(notYet.getMessage());
        } catch (PeerException wrong) {
            throw unusable(wrong);
        }
        return null;
    }

    private String trouble(IOException failed) {
        String reason = String.valueOf(failed.getMessage());
        return tunnel == null ? reason : tunnel.trouble(reason);
    }

    /** Where it is, as the user has named it. */
    private String place() {
        return tunnel == null ? endpoint.text() : tunnel.toString();
    }

    private void pause(Deadline deadline) throws CallException {
        LockSupport.parkNanos(Math.min(RETRY.toNanos(), deadline.remainingNanos()));
        if (Thread.interrupted()) {
            throw unusable(new PeerException(PeerException.INTERRUPTED));
        }
    }

    private CallException timedOut() {
        return CallException.timedOut(lateness());
    }

    private String lateness() {
        return "cannot get an answer from " + place() + " in time: " + lastFailure;
    }

    private CallException unusable(PeerException wrong) {
        close();
        String message = "cannot use " + place() + ": " + wrong.getMessage();
        return PeerException.INTERRUPTED.equals(wrong.getMessage())
                ? CallException.interrupted(message)
                : new CallException(message);
    }

    private Answer answer(byte[] body) throws CallException {
        try {
            Map<String, @Nullable Object> fields = Json.readObject(body);
            return new Answer(fields);
        } catch (JsonException notJson) {
            throw new CallException("cannot read the reply of " + place() + ": " + notJson.getMessage());
        }
    }

    private static boolean isSame(Object sent, @Nullable Object received) {
        return sent.equals(received) || Json.write(sent).equals(Json.write(received));
    }

    @Override
    public void close() {
        if (control != null) {
            control.close();
            control = null;
        }
    }
}

package circus.manager.control;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.ZError;

/**
 * The two ZeroMQ sockets of the manager, bound. Made by one thread, then used on circus-loop only, which never waits for a peer: whoever
 * does not read loses.
 */
public final class Endpoints implements AutoCloseable {
    /** A start or stop of everything must fit, for each subscriber, while it reads. */
    private static final int MOST_EVENTS_WAITING = 100_000;

    private static final int MOST_REPLIES_WAITING = 10_000;

    /** No request of ours comes near. */
    private static final long LONGEST_REQUEST_BYTES = 4 << 20;

    private static final Duration LEAVING = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket router;
    private final ZMQ.Socket publisher;

    public Endpoints(String endpoint, String pubsubEndpoint) throws CannotListenException {
        router = context.createSocket(SocketType.ROUTER);
        router.setSndHWM(MOST_REPLIES_WAITING);
        router.setMaxMsgSize(LONGEST_REQUEST_BYTES);
        publisher = context.createSocket(SocketType.PUB);
        publisher.setSndHWM(MOST_EVENTS_WAITING);
        try {
            bind(router, endpoint);
            bind(publisher, pubsubEndpoint);
        } catch (CannotListenException e) {
            close(Duration.ZERO);
            throw e;
        }
    }

    private static void bind(ZMQ.Socket socket, String endpoint) throws CannotListenException {
        if (!endpoint.startsWith("tcp://")) {
            // JeroMQ would open a TCP port without telling which.
            throw new CannotListenException("cannot listen on " + endpoint + ": only tcp://HOST:PORT can be served");
        }
        try {
            bindOnceFree(socket, endpoint);
        } catch (ZMQException refused) {
            throw new CannotListenException("cannot listen on " + endpoint + ": " + cause(refused, endpoint));
        } catch (IllegalArgumentException malformed) {
            throw new CannotListenException("cannot listen on " + endpoint + ": " + malformed.getMessage());
        }
    }

    /** Waits a moment for an address in use: it may be that of a circusd that has answered its quit and is about to go. */
    private static void bindOnceFree(ZMQ.Socket socket, String endpoint) throws CannotListenException {
        long deadlineNanos = System.nanoTime() + LEAVING.toNanos();
        while (true) {
            try {
                if (!socket.bind(endpoint)) {
                    throw new CannotListenException("cannot listen on " + endpoint + ": the address cannot be used");
                }
                return;
            } catch (ZMQException refused) {
                if (refused.getErrorCode() != ZError.EADDRINUSE || System.nanoTime() > deadlineNanos) {
                    throw refused;
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    private static String cause(ZMQException refused, String endpoint) {
        return switch (refused.getErrorCode()) {
            case ZError.EADDRINUSE ->
                "the address is in use"
                        + PortOwner.find(port(endpoint))
                                .map(owner -> " by " + owner)
                                .orElse("");
            case ZError.EADDRNOTAVAIL -> "this machine has no such address";
            default -> String.valueOf(refused.getMessage());
        };
    }

    private static int port(String endpoint) {
        try {
            return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        } catch (NumberFormatException wildcard) {
            return 0;
        }
    }

    public ZMQ.Socket router() {
        return router;
    }

    public ZMQ.Socket publisher() {
        return publisher;
    }

    /** Waits on both sockets and whatever else is registered. */
    public ZMQ.Poller poller() {
        return context.createPoller(4);
    }

    /** Closes both; what has been sent gets so much time to go out. */
    public void close(Duration linger) {
        if (!context.isClosed()) {
            context.setLinger((int) linger.toMillis());
            context.close();
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}

package circus.manager.control;

import circus.manager.command.Caller;
import circus.message.BadRequestException;
import circus.message.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zeromq.ZMQ;

/**
 * What a circusd does for its connections when another one has taken its place: it passes their requests on, and what comes back. Runs on
 * circus-loop only, and never waits.
 */
public final class Relay {
    /** That were passed on and not answered; beyond it nothing more is received. */
    private static final int MOST_OPEN = 10_000;

    private static final int MOST_IN_A_TURN = 64;

    /** Where requests go. */
    public interface Way {
        /** @param number comes back with the answer */
        void request(long number, Caller caller, byte[] body);
    }

    private final RequestSocket socket;
    private final ZMQ.Socket publisher;
    private final Way way;
    private final Map<Long, Incoming> open = new LinkedHashMap<>();
    private long next = 1;

    public Relay(Endpoints endpoints, Way way) {
        this.socket = new RequestSocket(endpoints);
        this.publisher = endpoints.publisher();
        this.way = way;
    }

    /** Passes on what has arrived, within limits. */
    public void onReadable() {
        for (int i = 0; i < MOST_IN_A_TURN && open.size() < MOST_OPEN; i++) {
            Incoming incoming = socket.receive();
            if (incoming == null) {
                return;
            }
            pass(incoming);
        }
    }

    public void pass(Incoming incoming) {
        long number = next++;
        if (isCast(incoming)) {
            incoming.settle();
        } else {
            open.put(number, incoming);
        }
        way.request(number, incoming.caller(), incoming.body());
    }

    private static boolean isCast(Incoming incoming) {
        return decode(incoming).map(Request::cast).orElse(false);
    }

    private static Optional<Request> decode(Incoming incoming) {
        try {
            return Optional.of(Request.decode(incoming.body()));
        } catch (BadRequestException bad) {
            return Optional.empty();
        }
    }

    /** A reply has come back. */
    public void answered(long number, byte[] body) {
        Incoming incoming = open.remove(number);
        if (incoming != null) {
            socket.reply(incoming, body);
        }
    }

    /** An event was published. */
    public void published(byte[] topic, byte[] body) {
        if (publisher.send(topic, ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
            publisher.send(body, ZMQ.DONTWAIT);
        }
    }

    /** Whether a reply is due. */
    public boolean isOwing() {
        return !open.isEmpty();
    }

    /** Takes back what was passed on and not answered. */
    public List<Incoming> unanswered() {
        List<Incoming> rest = List.copyOf(open.values());
        open.clear();
        return rest;
    }
}

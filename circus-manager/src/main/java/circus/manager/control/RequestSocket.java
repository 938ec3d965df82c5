package circus.manager.control;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;
import zmq.Adoption;
import zmq.Msg;

/**
 * The ROUTER socket as a source of requests and a sink of replies. A DEALER peer sends one frame and gets one; a REQ peer's empty frame is
 * given back to it. Runs on circus-loop only, and never waits.
 */
final class RequestSocket {
    private static final System.Logger LOG = System.getLogger(RequestSocket.class.getName());
    private static final int MOST_FRAMES = 3;

    private final ZMQ.Socket socket;

    RequestSocket(Endpoints endpoints) {
        this.socket = endpoints.router();
    }

    /** The next request; null when there is none now. What makes no sense is passed over. */
    @Nullable
    Incoming receive() {
        while (true) {
            List<Msg> frames = frames();
            if (frames.isEmpty()) {
                return null;
            }
            boolean dealer = frames.size() == 2;
            boolean req = frames.size() == MOST_FRAMES && frames.get(1).size() == 0;
            if (!dealer && !req) {
                LOG.log(Level.WARNING, "got unexpected message of {0} frames", frames.size());
                if (Adoption.linkOf(frames.get(frames.size() - 1)) instanceof Connection connection) {
                    connection.settled();
                }
                continue;
            }
            Msg last = frames.get(frames.size() - 1);
            if (Adoption.linkOf(last) instanceof Connection connection) {
                return new Incoming(connection, frames.get(0).data(), req, last.data());
            }
        }
    }

    /** All frames of the next message, or none; of a message with too many frames no more than one too many. */
    private List<Msg> frames() {
        List<Msg> frames = new ArrayList<>();
        boolean more;
        do {
            Msg frame = socket.base().recv(ZMQ.DONTWAIT);
            if (frame == null) {
                return frames;
            }
            if (Adoption.linkOf(frame) instanceof Connection connection) {
                connection.taken(frame);
            }
            if (frames.size() <= MOST_FRAMES) {
                frames.add(frame);
            }
            more = frame.hasMore();
        } while (more);
        return frames;
    }

    void reply(Incoming to, byte[] body) {
        to.connection.replying(body.length);
        to.settle();
        socket.send(to.peer, ZMQ.SNDMORE | ZMQ.DONTWAIT);
        if (to.req) {
            socket.send(new byte[0], ZMQ.SNDMORE | ZMQ.DONTWAIT);
        }
        socket.send(body, ZMQ.DONTWAIT);
    }
}

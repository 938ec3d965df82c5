package circus.manager.control;

import circus.manager.command.Caller;
import circus.manager.command.Reception;
import circus.manager.watcher.Clock;
import circus.message.BadRequestException;
import circus.message.Reply;
import circus.message.Request;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;
import zmq.Adoption;
import zmq.Msg;

/**
 * Takes requests from the ROUTER socket, has them carried out, and sends the replies: at most one for each request, in whatever order
 * they become ready. A DEALER peer sends one frame and gets one; a REQ peer's empty frame is given back to it. Runs on circus-loop only.
 */
public final class Controller {
    private static final System.Logger LOG = System.getLogger(Controller.class.getName());

    /** After so many requests the kernel and the timers get their turn. */
    private static final int MOST_IN_A_TURN = 64;

    private static final int MOST_FRAMES = 3;

    private final ZMQ.Socket socket;
    private final Reception reception;
    private final Clock clock;

    public Controller(Endpoints endpoints, Reception reception, Clock clock) {
        this.socket = endpoints.router();
        this.reception = reception;
        this.clock = clock;
    }

    /** Handles the requests that have arrived, within limits; what is left over makes the socket readable again. */
    public void onReadable() {
        for (int i = 0; i < MOST_IN_A_TURN; i++) {
            List<Msg> frames = receive();
            if (frames.isEmpty()) {
                return;
            }
            handle(frames);
        }
    }

    /** All frames of the next message, or none; of a message with too many frames no more than one too many. */
    private List<Msg> receive() {
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

    private void handle(List<Msg> frames) {
        boolean dealer = frames.size() == 2;
        boolean req = frames.size() == MOST_FRAMES && frames.get(1).size() == 0;
        if (!dealer && !req) {
            LOG.log(Level.WARNING, "got unexpected message of {0} frames", frames.size());
            return;
        }
        byte[] peer = frames.get(0).data();
        Msg last = frames.get(frames.size() - 1);
        if (Adoption.linkOf(last) instanceof Connection connection) {
            answer(connection.caller(), last.data(), reply -> {
                connection.replying(reply.length);
                send(peer, req, reply);
            });
        }
    }

    private void answer(Caller caller, byte[] body, Consumer<byte[]> sender) {
        Request request;
        try {
            request = Request.decode(body);
        } catch (BadRequestException bad) {
            if (!bad.cast()) {
                sender.accept(bad.reply().encode(bad.id(), clock.now()));
            }
            return;
        }
        @Nullable Object id = request.id();
        Consumer<Reply> replyTo =
                request.cast() ? silent(request) : reply -> sender.accept(reply.encode(id, clock.now()));
        reception.take(caller, request, replyTo);
    }

    /** Nobody reads the answer to a cast, so that a refusal must not be lost. */
    private static Consumer<Reply> silent(Request request) {
        return reply -> {
            if (reply instanceof Reply.Failed failed) {
                LOG.log(Level.WARNING, "cast of {0} failed: {1}", request.command(), failed.reason());
            }
        };
    }

    private void send(byte[] peer, boolean req, byte[] body) {
        socket.send(peer, ZMQ.SNDMORE | ZMQ.DONTWAIT);
        if (req) {
            socket.send(new byte[0], ZMQ.SNDMORE | ZMQ.DONTWAIT);
        }
        socket.send(body, ZMQ.DONTWAIT);
    }
}

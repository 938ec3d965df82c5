package circus.manager.control;

import circus.command.CommandSpec;
import circus.manager.command.Call;
import circus.manager.command.Caller;
import circus.manager.command.Commands;
import circus.manager.watcher.Clock;
import circus.message.BadRequestException;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Reply;
import circus.message.Request;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;

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
    private final Commands commands;
    private final Clock clock;

    public Controller(Endpoints endpoints, Commands commands, Clock clock) {
        this.socket = endpoints.router();
        this.commands = commands;
        this.clock = clock;
    }

    /** Handles the requests that have arrived, within limits; what is left over makes the socket readable again. */
    public void onReadable() {
        for (int i = 0; i < MOST_IN_A_TURN; i++) {
            List<byte[]> frames = receive();
            if (frames.isEmpty()) {
                return;
            }
            handle(frames);
        }
    }

    /** All frames of the next message, or none; of a message with too many frames no more than one too many. */
    private List<byte[]> receive() {
        List<byte[]> frames = new ArrayList<>();
        boolean more;
        do {
            byte[] frame = socket.recv(ZMQ.DONTWAIT);
            if (frame == null) {
                return frames;
            }
            if (frames.size() <= MOST_FRAMES) {
                frames.add(frame);
            }
            more = socket.hasReceiveMore();
        } while (more);
        return frames;
    }

    private void handle(List<byte[]> frames) {
        boolean dealer = frames.size() == 2;
        boolean req = frames.size() == MOST_FRAMES && frames.get(1).length == 0;
        if (!dealer && !req) {
            LOG.log(Level.WARNING, "got unexpected message of {0} frames", frames.size());
            return;
        }
        byte[] peer = frames.get(0);
        byte[] body = frames.get(frames.size() - 1);
        answer(Caller.UNKNOWN, body, reply -> send(peer, req, reply));
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
        try {
            carryOut(caller, request, replyTo);
        } catch (CommandException refused) {
            replyTo.accept(refused.reply());
        } catch (RuntimeException | StackOverflowError mistake) {
            LOG.log(Level.ERROR, "command " + request.command() + " failed", mistake);
            replyTo.accept(new CommandException(
                            ErrorCode.COMMAND_ERROR, "cannot carry out " + request.command() + ": " + mistake)
                    .reply());
        }
    }

    private void carryOut(Caller caller, Request request, Consumer<Reply> replyTo) throws CommandException {
        CommandSpec spec = CommandSpec.find(request.command())
                .orElseThrow(() -> CommandException.unknownCommand(request.command()));
        commands.execute(new Call(caller, spec, spec.check(request.properties()), request.cast(), replyTo));
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

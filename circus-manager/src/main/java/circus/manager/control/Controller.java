package circus.manager.control;

import circus.manager.command.Caller;
import circus.manager.command.Reception;
import circus.manager.watcher.Clock;
import circus.message.BadRequestException;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Reply;
import circus.message.Request;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests from the ROUTER socket, has them carried out, and sends the replies: at most one for each request, in whatever order
 * they become ready. Another circusd, whose place this one has taken, passes on what still reaches it. Runs on circus-loop only.
 */
public final class Controller {
    private static final System.Logger LOG = System.getLogger(Controller.class.getName());

    /** After so many requests the kernel and the timers get their turn. */
    private static final int MOST_IN_A_TURN = 64;

    private final RequestSocket socket;
    private final Reception reception;
    private final Clock clock;

    /** Answers to what changes something, until {@link #release}. */
    private final List<Runnable> held = new ArrayList<>();

    /** What is not answered yet. Bounded by what peers may have waiting ({@link Service}). */
    private final Set<Open> unanswered = new LinkedHashSet<>();

    private boolean left;
    private boolean over;

    /** One that is carried out now. */
    private static final class Open {
        final @Nullable Incoming incoming;
        final Request request;
        final Consumer<byte[]> sender;
        final boolean changes;

        Open(@Nullable Incoming incoming, Request request, Consumer<byte[]> sender, boolean changes) {
            this.incoming = incoming;
            this.request = request;
            this.sender = sender;
            this.changes = changes;
        }

        /** Whether another circusd may carry it out once more, since nothing comes of it but its answer. */
        boolean isRepeatable() {
            return incoming != null && !changes;
        }
    }

    public Controller(Endpoints endpoints, Reception reception, Clock clock) {
        this.socket = new RequestSocket(endpoints);
        this.reception = reception;
        this.clock = clock;
    }

    /** Handles the requests that have arrived, within limits; what is left over makes the socket readable again. */
    public void onReadable() {
        for (int i = 0; i < MOST_IN_A_TURN && !left; i++) {
            Incoming incoming = socket.receive();
            if (incoming == null) {
                return;
            }
            take(incoming);
        }
    }

    /** One of which nobody knows whether another circusd has carried it out: again only if that makes no difference. */
    public void takeAgain(Incoming incoming) {
        Request request;
        try {
            request = Request.decode(incoming.body());
        } catch (BadRequestException bad) {
            take(incoming);
            return;
        }
        if (!reception.changes(request)) {
            take(incoming);
            return;
        }
        String reason = "cannot tell whether " + request.command()
                + " was carried out: the circusd that had it has gone, and the one before it has come back";
        socket.reply(incoming, failed(request, reason, clock));
    }

    private static byte[] failed(Request request, String reason, Clock clock) {
        return new CommandException(ErrorCode.COMMAND_ERROR, reason).reply().encode(request.id(), clock.now());
    }

    /** Tells those who sent these that nobody will carry them out. */
    public static void refuse(Endpoints endpoints, List<Incoming> requests, String why, Clock clock) {
        RequestSocket socket = new RequestSocket(endpoints);
        for (Incoming each : requests) {
            try {
                Request request = Request.decode(each.body());
                socket.reply(each, failed(request, "cannot carry out " + request.command() + ": " + why, clock));
            } catch (BadRequestException bad) {
                socket.reply(each, bad.reply().encode(bad.id(), clock.now()));
            }
        }
    }

    private void take(Incoming incoming) {
        answer(incoming, incoming.caller(), incoming.body(), reply -> socket.reply(incoming, reply));
    }

    /**
     * A request that reached another circusd.
     *
     * @param sender gets the reply, if there is to be one
     */
    public void takeRelayed(Caller caller, byte[] body, Consumer<byte[]> sender) {
        answer(null, caller, body, sender);
    }

    /**
     * Ends the work of this one, if nothing is under way that somebody waits for and that only this one can finish. From then on it neither
     * receives nor replies.
     *
     * @return what somebody else is to answer; nothing if it cannot end now
     */
    public Optional<List<Incoming>> leave() {
        List<Incoming> rest = new ArrayList<>();
        for (Open each : unanswered) {
            if (each.incoming == null || !each.isRepeatable()) {
                return Optional.empty();
            }
            rest.add(each.incoming);
        }
        left = true;
        unanswered.clear();
        return Optional.of(rest);
    }

    /**
     * Ends the work of this one in the middle of it, so that nobody waits for an answer that never comes.
     *
     * @param why what has happened
     * @param goesOn of which requests the work goes on elsewhere: their answers go out when they are there
     * @return what changes nothing, and is to be taken again by whoever comes next; everybody else is told
     */
    public List<Incoming> abandon(String why, Predicate<Request> goesOn) {
        over = true;
        release();
        List<Incoming> rest = new ArrayList<>();
        for (Open each : List.copyOf(unanswered)) {
            if (goesOn.test(each.request)) {
                continue;
            }
            unanswered.remove(each);
            if (each.isRepeatable() && each.incoming != null) {
                rest.add(each.incoming);
                continue;
            }
            String command = each.request.command();
            String what = !each.changes
                    ? "cannot carry out " + command + ": " + why + "; ask again"
                    : "cannot tell whether " + command + " was carried out: " + why;
            each.sender.accept(failed(each.request, what, clock));
        }
        return rest;
    }

    /** What keeps this one from {@link #leave leaving}: the command. */
    public Optional<String> busyWith() {
        return unanswered.stream()
                .filter(each -> !each.isRepeatable())
                .map(each -> each.request.command())
                .findFirst();
    }

    private void answer(@Nullable Incoming incoming, Caller caller, byte[] body, Consumer<byte[]> sender) {
        Request request;
        try {
            request = Request.decode(body);
        } catch (BadRequestException bad) {
            if (bad.cast()) {
                settle(incoming);
            } else {
                sender.accept(bad.reply().encode(bad.id(), clock.now()));
            }
            return;
        }
        if (request.cast()) {
            settle(incoming);
            reception.take(caller, request, silent(request));
            return;
        }
        boolean changes = reception.changes(request);
        Open open = new Open(incoming, request, sender, changes);
        unanswered.add(open);
        Consumer<Reply> answered = reply -> {
            if (unanswered.remove(open)) {
                sender.accept(reply.encode(request.id(), clock.now()));
            }
        };
        if (changes) {
            reception.take(caller, request, reply -> hold(() -> answered.accept(reply)));
        } else {
            reception.take(caller, request, answered);
        }
    }

    /** Has an answer to what changes something sent with those of this turn, see {@link #release}. */
    public void hold(Runnable answer) {
        held.add(answer);
        if (over) {
            release();
        }
    }

    private static void settle(@Nullable Incoming incoming) {
        if (incoming != null) {
            incoming.settle();
        }
    }

    /**
     * Sends the answers to what changes something. They wait until the kernel has been sent what was written down of it: what was answered
     * is not forgotten if circusd is killed in the next moment.
     */
    public void release() {
        if (!held.isEmpty()) {
            List<Runnable> due = List.copyOf(held);
            held.clear();
            due.forEach(Controller::send);
        }
    }

    /** An answer that cannot be sent keeps none of the others back. */
    private static void send(Runnable answer) {
        try {
            answer.run();
        } catch (RuntimeException | StackOverflowError mistake) {
            LOG.log(Level.ERROR, "an answer could not be sent", mistake);
        }
    }

    /** Nobody reads the answer to a cast, so that a refusal must not be lost. */
    private static Consumer<Reply> silent(Request request) {
        return reply -> {
            if (reply instanceof Reply.Failed failed) {
                LOG.log(Level.WARNING, "cast of {0} failed: {1}", request.command(), failed.reason());
            }
        };
    }
}

package circus.manager.upgrade;

import circus.manager.command.Caller;
import circus.manager.control.Endpoints;
import circus.manager.control.Incoming;
import circus.manager.control.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a circusd does that has handed over: it passes on what its connections bring, and watches over the one that has come, until the
 * probation is over and its own connections have gone; or until it has to take everything back. Runs on circus-loop, in place of the loop.
 *
 * <pre>
 *   COMING ── serving ──► PROBATION ── time ──► CONFIRMING ── done ──► FAREWELL ──► end
 *      └────────────────────────┴── its end, silence, nonsense ─┘
 *                                          ▼
 *                                      takes back
 * </pre>
 *
 * <p>Nothing that the other one says is believed where it is not due, and nothing that it does keeps this one from taking back.
 */
public final class Watch {
    private static final System.Logger LOG = System.getLogger(Watch.class.getName());

    /** From the hand-over until the new one serves. */
    private static final Duration SERVE_LIMIT = Duration.ofSeconds(10);

    private static final Duration PING = Duration.ofSeconds(1);

    /** Who does not answer for so long hangs. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(5);

    /** One that starts another kernel in that moment says so meanwhile ({@link Succession#pause}). */
    private static final Duration LONGEST_CONFIRMATION = Succession.LONGEST_PAUSE.plus(CONFIRM_LIMIT);

    /** Who ends because somebody wants it has said all that it had to say by then. */
    private static final Duration ENDING_LIMIT = Duration.ofSeconds(60);

    /** The connection of a process that has ended is at its end then. */
    private static final Duration DEAD_LIMIT = Duration.ofSeconds(2);

    private static final long TICK_MILLIS = 20;

    /** Between two looks at everything else. */
    private static final int MOST_WORDS_IN_A_TURN = 1_000;

    /** With so much on its way to the new one, no more requests are received. */
    private static final long MOST_BYTES_UNDER_WAY = 8 << 20;

    /**
     * Connections are passed on as they are where the new one takes them. What is left then, and all of others, is closed: a request that is on
     * its way in that moment is lost, so one that is used much gets more time for a pause.
     */
    private static final Duration[] FAREWELLS = {
        Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10)
    };

    /** A connection is not passed on while a request of it is under way. */
    private static final Duration PASSING_LIMIT = Duration.ofSeconds(30);

    private static final Duration[] PAUSES = {
        Duration.ofMillis(300), Duration.ofMillis(20), Duration.ofMillis(2), Duration.ZERO
    };

    /**
     * How it went.
     *
     * @param takesBack this circusd is the manager again
     * @param code else the exit code
     * @param reason why it takes back
     * @param rest requests that are to be answered again by this one
     */
    public record Result(boolean takesBack, int code, String reason, List<Incoming> rest) {}

    private enum Phase {
        COMING,
        PROBATION,
        CONFIRMING,
        FAREWELL
    }

    /** What makes no sense was said. */
    private static final class Nonsense extends Exception {
        private static final long serialVersionUID = 1;

        Nonsense(String what) {
            super(what, null, false, false);
        }
    }

    private final Upgrade upgrade;
    private final Endpoints endpoints;
    private final Progress progress;
    private final Runnable whenServing;
    private final Wire wire;
    private final Process child;
    private final Relay relay;
    private Phase phase = Phase.COMING;
    private long phaseNanos = System.nanoTime();
    private long pingNanos;
    private long heardNanos = System.nanoTime();
    private long deadNanos;

    /** It ends since somebody wants it to; 0 before. */
    private long endingNanos;

    private boolean isEndWanted;

    /** Of this circusd, by their names; nobody has been told of them. */
    private final ConcurrentLinkedQueue<String> signals = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Selector waiting;

    /** @param whenServing what this one kept for the case that the kernel dies is not needed any more: run on circus-loop, once */
    public Watch(Upgrade upgrade, Endpoints endpoints, Progress progress, Runnable whenServing) {
        this.upgrade = upgrade;
        this.endpoints = endpoints;
        this.progress = progress;
        this.whenServing = whenServing;
        this.wire = upgrade.wire();
        this.child = upgrade.child();
        this.relay = new Relay(endpoints, this::pass);
    }

    /** Somebody has sent this circusd a signal that is meant for the manager; by its name without SIG. Any thread. */
    public void signalled(String name) {
        signals.add(name);
        wakeUp();
    }

    /** The signals that are left for the next manager, after {@link #run}: an end that is wanted is among them until it has come. */
    public List<String> unheard() {
        List<String> left = new ArrayList<>(isEndWanted ? List.of("TERM") : List.of());
        for (String name = signals.poll(); name != null; name = signals.poll()) {
            left.add(name);
        }
        return left;
    }

    private void wakeUp() {
        Selector selector = waiting;
        if (selector != null) {
            selector.wakeup();
        }
    }

    /** This circusd cannot stay, since a disk holds one of its threads: the other one goes on without it. */
    public void handOverAndGo() {
        wire.send("yours", Map.of("alone", true, "progress", progress.report(0)));
        wire.drain(2_000);
        endpoints.bequeath();
    }

    /** The process of the other one. */
    public long heir() {
        return child.pid();
    }

    public Result run() {
        wire.send("yours", Map.of("progress", progress.report(0)));
        upgrade.rest().forEach(relay::pass);
        try (Selector selector = Selector.open()) {
            waiting = selector;
            wire.bell(this::wakeUp);
            endpoints.register(selector);
            while (true) {
                selector.select(endpoints.hasRequests() ? 1 : TICK_MILLIS);
                selector.selectedKeys().clear();
                try {
                    hear();
                } catch (Nonsense said) {
                    return takeBack(String.valueOf(said.getMessage()));
                }
                if (endpoints.hasRequests() && wire.bytesToSend() < MOST_BYTES_UNDER_WAY) {
                    relay.onReadable();
                }
                Optional<Result> result = look(System.nanoTime());
                if (result.isPresent()) {
                    return result.get();
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            wire.bell(() -> {});
            waiting = null;
        }
    }

    private void pass(long number, Caller caller, byte[] body) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("number", number);
        caller.uid().ifPresent(uid -> fields.put("uid", uid));
        caller.pid().ifPresent(pid -> fields.put("pid", pid));
        fields.put("place", caller.address());
        fields.put("body", Base64.getEncoder().encodeToString(body));
        wire.send("request", fields);
    }

    private void hear() throws Nonsense {
        for (int i = 0; i < MOST_WORDS_IN_A_TURN; i++) {
            Optional<Wire.Message> next = wire.poll();
            if (next.isEmpty()) {
                return;
            }
            hear(next.get());
        }
        wakeUp(); // there may be more
    }

    private void hear(Wire.Message message) throws Nonsense {
        boolean isKnown = true;
        switch (message.say()) {
            case "reply" -> relay.answered(message.number("number"), decoded(message, "body"));
            case "event" ->
                relay.published(
                        message.text("topic").getBytes(StandardCharsets.UTF_8),
                        message.text("body").getBytes(StandardCharsets.US_ASCII));
            case "pong" -> {}
            case "serving" -> {
                demand(message, Phase.COMING);
                serves();
            }
            case "done" -> {
                demand(message, Phase.CONFIRMING);
                to(Phase.FAREWELL);
            }
            case "ending" -> {
                // Only who has become the manager can be asked to end.
                if (phase == Phase.COMING) {
                    throw new Nonsense("it said \"ending\" before it served");
                }
                endingNanos = endingNanos == 0 ? System.nanoTime() : endingNanos;
            }
            case "failed" -> LOG.log(Level.ERROR, "the new circusd cannot start: {0}", message.shown("reason"));
            default -> {
                isKnown = false;
                LOG.log(Level.DEBUG, "the new circusd says {0}", message.shown("say"));
            }
        }
        if (isKnown) {
            heardNanos = System.nanoTime();
        }
    }

    private static byte[] decoded(Wire.Message message, String key) throws Nonsense {
        return message.bytes(key)
                .orElseThrow(() -> new Nonsense("what it says cannot be understood: \"" + key + "\" of \""
                        + message.say() + "\" is no Base64"));
    }

    private void demand(Wire.Message message, Phase due) throws Nonsense {
        if (phase != due) {
            throw new Nonsense("it said \"" + message.say() + "\", which is not due");
        }
    }

    private void to(Phase next) {
        phase = next;
        phaseNanos = System.nanoTime();
    }

    private void serves() {
        to(Phase.PROBATION);
        whenServing.run();
        progress.step(
                "relay",
                "the new circusd serves; nobody was answered for "
                        + TimeUnit.NANOSECONDS.toMillis(phaseNanos - upgrade.leftNanos()) + " ms");
        progress.step(
                "probation",
                "for " + upgrade.wish().probation().toSeconds()
                        + " s the former circusd passes on what reaches it, and can take everything back");
        wire.send("progress", Map.of("progress", progress.report(0)));
    }

    /** Before it serves, nobody would take it from it; and should it never serve, it is for this one. */
    private void tellSignals() {
        if (phase == Phase.COMING) {
            return;
        }
        for (String name = signals.poll(); name != null; name = signals.poll()) {
            if (name.equals("HUP") || name.equals("USR1")) {
                wire.send("signal", Map.of("name", name));
            } else {
                LOG.log(Level.INFO, "Got signal SIG_{0}: the new circusd is to end, and this one with it", name);
                isEndWanted = true;
                child.destroy();
            }
        }
    }

    private Optional<Result> look(long now) {
        tellSignals();
        long inPhase = now - phaseNanos;
        if (phase == Phase.FAREWELL) {
            return farewell(inPhase);
        }
        if (wire.isOver()) {
            return Optional.of(gone());
        }
        if (!child.isAlive()) {
            // Somebody else may have its end of the connection, and never close it.
            deadNanos = deadNanos == 0 ? now : deadNanos;
            return now - deadNanos > DEAD_LIMIT.toNanos() ? Optional.of(gone()) : Optional.empty();
        }
        if (endingNanos != 0) {
            return now - endingNanos > ENDING_LIMIT.toNanos() ? Optional.of(gone()) : Optional.empty();
        }
        if (now - pingNanos > PING.toNanos()) {
            pingNanos = now;
            wire.send("ping");
        }
        boolean isSilent = now - heardNanos > SILENCE.toNanos();
        switch (phase) {
            case COMING -> {
                if (inPhase > SERVE_LIMIT.toNanos()) {
                    return Optional.of(takeBack("it does not serve within " + SERVE_LIMIT.toSeconds() + " s"));
                }
            }
            case PROBATION -> {
                if (isSilent) {
                    return Optional.of(takeBack("it has not answered for " + SILENCE.toSeconds() + " s"));
                }
                if (inPhase >= upgrade.wish().probation().toNanos()) {
                    progress.done("circusd " + upgrade.to().manager().orElse("") + " of "
                            + upgrade.to().home() + " with pid " + child.pid() + " has taken over");
                    wire.send("confirmed", Map.of("progress", progress.report(0)));
                    to(Phase.CONFIRMING);
                }
            }
            case CONFIRMING -> {
                boolean isLate = inPhase > CONFIRM_LIMIT.toNanos() && isSilent;
                if (isLate || inPhase > LONGEST_CONFIRMATION.toNanos()) {
                    return Optional.of(takeBack("it has not confirmed that it goes on alone"));
                }
            }
            case FAREWELL -> {}
        }
        return Optional.empty();
    }

    private Result gone() {
        int code = awaitEnd();
        if (endingNanos != 0) {
            return new Result(false, Math.max(0, code), "", List.of());
        }
        return takeBack(wire.fault().isEmpty() ? "it ended with exit code " + code : wire.fault());
    }

    /** The connection is at its end before the process is. */
    private int awaitEnd() {
        try {
            if (!child.waitFor(2, TimeUnit.SECONDS)) {
                child.destroyForcibly();
            }
            return child.waitFor();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private Result takeBack(String cause) {
        child.destroyForcibly();
        int unused = awaitEnd();
        wire.close();
        String reason = "the new circusd, pid " + child.pid() + ", failed: " + cause + "; the former one, pid "
                + ProcessHandle.current().pid() + ", has taken everything back";
        LOG.log(Level.ERROR, "{0}", reason);
        return new Result(true, 0, reason, relay.unanswered());
    }

    /** Connections go to the other one, or end when they are silent; then their peers connect anew, to the other one. */
    private Optional<Result> farewell(long inPhase) {
        int step = 0;
        while (step < FAREWELLS.length - 1 && inPhase > FAREWELLS[step].toNanos()) {
            step++;
        }
        // Before what has moved is taken: who leaves in between is not to be taken for gone.
        int inside = endpoints.connections();
        Optional<Passage> passage = upgrade.passage();
        passage.ifPresent(to -> to.carry(endpoints));
        if (!relay.isOwing()) {
            boolean areAllMeant = passage.filter(Passage::isOpen).isEmpty() || inPhase > PASSING_LIMIT.toNanos();
            endpoints.dismiss(PAUSES[step], areAllMeant);
        }
        boolean isEmpty = inside == 0 && !passage.map(Passage::isLoaded).orElse(false);
        boolean over = isEmpty || wire.isOver() || inPhase > FAREWELLS[FAREWELLS.length - 1].toNanos();
        if (!over) {
            return Optional.empty();
        }
        endpoints.bequeath();
        passage.ifPresent(Passage::close);
        wire.drain(1_000);
        wire.close();
        return Optional.of(new Result(false, 0, "", List.of()));
    }
}

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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a circusd does that has handed over: it passes on what its connections bring, and watches over the one that has come, until the
 * probation is over and its own connections have gone; or until it has to take everything back. Runs on circus-loop, in place of the loop.
 */
public final class Watch {
    private static final System.Logger LOG = System.getLogger(Watch.class.getName());

    /** From the hand-over until the new one serves. */
    private static final Duration SERVE_LIMIT = Duration.ofSeconds(10);

    private static final Duration PING = Duration.ofSeconds(1);

    /** Who does not answer for so long hangs. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(5);
    private static final long TICK_MILLIS = 20;

    /** A request that is on its way when a connection is closed is lost, so one that is used much gets more time for a pause. */
    private static final Duration[] FAREWELLS = {
        Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10)
    };

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

    private final Upgrade upgrade;
    private final Endpoints endpoints;
    private final Progress progress;
    private final Wire wire;
    private final Process child;
    private final Relay relay;
    private Phase phase = Phase.COMING;
    private long phaseNanos = System.nanoTime();
    private long pingNanos;
    private long heardNanos = System.nanoTime();
    private boolean ending;
    private volatile boolean endsBoth;
    private volatile @Nullable Selector waiting;

    public Watch(Upgrade upgrade, Endpoints endpoints, Progress progress) {
        this.upgrade = upgrade;
        this.endpoints = endpoints;
        this.progress = progress;
        this.wire = upgrade.wire();
        this.child = upgrade.child();
        this.relay = new Relay(endpoints, this::pass);
    }

    /** Somebody wants circusd to end: that is for the other one, and then for this. Any thread. */
    public void endBoth() {
        endsBoth = true;
        child.destroy();
        wakeUp();
    }

    /** Somebody has sent this circusd a signal that is meant for the manager. Any thread. */
    public void signalled(String name) {
        wire.send("signal", Map.of("name", name));
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
                hear();
                if (endpoints.hasRequests()) {
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

    private void hear() {
        for (Optional<Wire.Message> next = wire.poll(); next.isPresent(); next = wire.poll()) {
            Wire.Message message = next.get();
            heardNanos = System.nanoTime();
            switch (message.say()) {
                case "reply" ->
                    relay.answered(message.number("number"), Base64.getDecoder().decode(message.text("body")));
                case "event" ->
                    relay.published(
                            message.text("topic").getBytes(StandardCharsets.UTF_8),
                            message.text("body").getBytes(StandardCharsets.US_ASCII));
                case "serving" -> serves();
                case "done" -> to(Phase.FAREWELL);
                case "ending" -> ending = true;
                case "failed" -> LOG.log(Level.ERROR, "the new circusd cannot start: {0}", message.text("reason"));
                default -> LOG.log(Level.DEBUG, "the new circusd says {0}", message.say());
            }
        }
    }

    private void to(Phase next) {
        phase = next;
        phaseNanos = System.nanoTime();
    }

    private void serves() {
        to(Phase.PROBATION);
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

    private Optional<Result> look(long now) {
        long inPhase = now - phaseNanos;
        if (phase == Phase.FAREWELL) {
            return farewell(inPhase);
        }
        if (wire.isOver() || !child.isAlive()) {
            return wire.isOver() ? Optional.of(gone()) : Optional.empty();
        }
        if (now - pingNanos > PING.toNanos()) {
            pingNanos = now;
            wire.send("ping");
        }
        switch (phase) {
            case COMING -> {
                if (inPhase > SERVE_LIMIT.toNanos()) {
                    return Optional.of(takeBack("it does not serve within " + SERVE_LIMIT.toSeconds() + " s"));
                }
            }
            case PROBATION -> {
                if (now - heardNanos > SILENCE.toNanos()) {
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
                if (inPhase > CONFIRM_LIMIT.toNanos()) {
                    return Optional.of(takeBack("it has not confirmed that it goes on alone"));
                }
            }
            case FAREWELL -> {}
        }
        return Optional.empty();
    }

    private Result gone() {
        int code = awaitEnd();
        if (ending || endsBoth) {
            return new Result(false, Math.max(0, code), "", List.of());
        }
        return takeBack("it ended with exit code " + code);
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

    /** Connections end when they are silent, so that nothing is lost; their peers connect anew, to the other one. */
    private Optional<Result> farewell(long inPhase) {
        int step = 0;
        while (step < FAREWELLS.length - 1 && inPhase > FAREWELLS[step].toNanos()) {
            step++;
        }
        if (!relay.isOwing()) {
            endpoints.dismiss(PAUSES[step]);
        }
        boolean over =
                endpoints.connections() == 0 || wire.isOver() || inPhase > FAREWELLS[FAREWELLS.length - 1].toNanos();
        if (!over) {
            return Optional.empty();
        }
        endpoints.bequeath();
        wire.drain(1_000);
        wire.close();
        return Optional.of(new Result(false, 0, "", List.of()));
    }
}

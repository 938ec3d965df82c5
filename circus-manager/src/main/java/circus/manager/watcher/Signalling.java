package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.WatcherOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The signals that end the workers of one watcher, with the hooks before and after each and the {@code kill} event that follows these.
 *
 * <pre>
 *   before_signal ──agrees──► signal ──► after_signal ──► kill event ──► what else there is to tell of the worker
 *        │  └──is against it (but for SIGKILL)──────┘
 *        └──the process has ended meanwhile────────────────────────────────┘
 * </pre>
 *
 * <p>SIGKILL waits for nobody: it is sent first and its hooks are called then; one that is being called for the stop signal is not
 * called again. Without hooks a signal and its event are one step. Runs on circus-loop only.
 */
final class Signalling {
    private static final Logger LOGGER = System.getLogger(Signalling.class.getName());
    private static final int SIGKILL = 9;

    private final String name;
    private final Blueprint blueprint;
    private final HookGates gates;
    private final Surroundings around;

    /** Only for the workers about whom a hook is asked right now. */
    private final Map<Worker, Round> rounds = new HashMap<>();

    /** One signal on its way. */
    private static final class Round {
        private int signum;
        private boolean asking;
        private boolean sent;
        private boolean killed;
        private @Nullable Runnable next;

        Round(int signum) {
            this.signum = signum;
        }
    }

    Signalling(String name, Blueprint blueprint, HookGates gates, Surroundings around) {
        this.name = name;
        this.blueprint = blueprint;
        this.gates = gates;
        this.around = around;
    }

    /** Asks for its end by this signal, if nobody is against it. */
    void stop(Worker worker, int signum) {
        if (signum == SIGKILL) {
            sendStop(worker, signum);
            killed(worker, null);
        } else if (isHooked()) {
            begin(worker, new Round(signum));
        } else {
            sendStop(worker, signum);
            publishKill(worker);
        }
    }

    /** Sends SIGKILL. */
    void kill(Worker worker) {
        around.kernel().signal(worker.incarnation(), SIGKILL, SignalTarget.PROCESS);
        Round round = rounds.get(worker);
        if (round == null) {
            killed(worker, null);
        } else if (round.asking) {
            round.signum = SIGKILL;
            round.sent = true;
        } else {
            round.killed = true;
        }
    }

    private void killed(Worker worker, @Nullable Runnable next) {
        if (isHooked()) {
            Round round = new Round(SIGKILL);
            round.sent = true;
            round.next = next;
            begin(worker, round);
        } else {
            publishKill(worker);
            if (next != null) {
                next.run();
            }
        }
    }

    /** Whether a hook is asked about a signal to this worker. */
    boolean isUnderWay(Worker worker) {
        return !rounds.isEmpty() && rounds.containsKey(worker);
    }

    /** Does something as soon as the hooks about a signal to this worker, which is under way, are through. */
    void afterwards(Worker worker, Runnable next) {
        Objects.requireNonNull(rounds.get(worker)).next = next;
    }

    private boolean isHooked() {
        return gates.has(HookPoint.BEFORE_SIGNAL) || gates.has(HookPoint.AFTER_SIGNAL);
    }

    private void begin(Worker worker, Round round) {
        rounds.put(worker, round);
        if (gates.has(HookPoint.BEFORE_SIGNAL)) {
            round.asking = true;
            gates.call(HookPoint.BEFORE_SIGNAL, facts(worker, round), agreed -> answered(worker, round, agreed));
        } else {
            answered(worker, round, true);
        }
    }

    private void answered(Worker worker, Round round, boolean agreed) {
        round.asking = false;
        if (!round.sent && !worker.state().alive()) {
            end(worker, round);
            return;
        }
        if (agreed && !round.sent) {
            sendStop(worker, round.signum);
        }
        if (gates.has(HookPoint.AFTER_SIGNAL)) {
            gates.call(HookPoint.AFTER_SIGNAL, facts(worker, round), any -> tell(worker, round));
        } else {
            tell(worker, round);
        }
    }

    private void tell(Worker worker, Round round) {
        publishKill(worker);
        end(worker, round);
    }

    private void end(Worker worker, Round round) {
        rounds.remove(worker);
        if (round.killed) {
            killed(worker, round.next);
        } else if (round.next != null) {
            round.next.run();
        }
    }

    private static HookFacts facts(Worker worker, Round round) {
        return HookFacts.signal(worker.number(), worker.pid(), round.signum);
    }

    /** With stop_children, its descendants are told by events of their own, once it is known who they are. */
    private void sendStop(Worker worker, int signum) {
        if (blueprint.get(WatcherOptions.STOP_CHILDREN)) {
            around.kernel().signal(worker.incarnation(), signum, SignalTarget.TREE, new Descendants(worker.pid()));
        } else {
            around.kernel().signal(worker.incarnation(), signum, SignalTarget.PROCESS);
        }
        // After the signal: better that it comes twice than not at all. A quit leaves nobody who would ask.
        if (worker.reason() != ExitReason.QUIT) {
            Duration grace = worker.deadline() == Reconciler.NEVER
                    ? blueprint.seconds(WatcherOptions.GRACEFUL_TIMEOUT)
                    : Duration.ofNanos(
                            Math.max(0, worker.deadline() - around.clock().nanos()));
            Notice notice =
                    new Notice(worker.reason(), signum, grace, around.clock().now());
            around.kernel().annotate(worker.incarnation(), Notice.KEY, notice.text());
        }
    }

    private void publishKill(Worker worker) {
        publishKill(worker.pid());
    }

    private void publishKill(int pid) {
        around.publish(Event.of(name, EventKind.KILL, pid, around.clock().now()));
    }

    private final class Descendants implements SignalReply {
        private final int parent;

        Descendants(int parent) {
            this.parent = parent;
        }

        @Override
        public void reached(List<Integer> pids) {
            pids.stream().filter(pid -> pid != parent).forEach(Signalling.this::publishKill);
        }

        @Override
        public void sent(boolean anybody) {
            // Whoever has ended is told of otherwise.
        }

        @Override
        public void failed(String reason) {
            LOGGER.log(Level.WARNING, "the kernel refused signal: " + reason);
        }
    }
}

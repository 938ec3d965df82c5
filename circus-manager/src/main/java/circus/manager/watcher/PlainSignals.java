package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.SignalReply;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The command signal: no end is expected of it, and no event tells of it. The hooks before and after are asked where the process itself is
 * meant; one that is against it keeps it from the descendants, too. SIGKILL waits for no hook, as in {@link Signalling}. Runs on
 * circus-loop only.
 */
final class PlainSignals {
    private static final int SIGKILL = 9;

    private final Workers workers;
    private final HookGates gates;
    private final Surroundings around;

    PlainSignals(Workers workers, HookGates gates, Surroundings around) {
        this.workers = workers;
        this.gates = gates;
        this.around = around;
    }

    /** @param reply told when the last of the processes was dealt with, its hooks included */
    void send(SignalOrder order, SignalReply reply) {
        List<Worker> chosen = workers.alive().stream()
                .filter(worker -> order.pid().isEmpty() || order.pid().getAsLong() == worker.pid())
                .toList();
        Round round = new Round(reply, chosen.size());
        for (Worker worker : chosen) {
            new Sending(worker, order, round).begin();
        }
        round.tellIfOver();
    }

    /** All answers to one order. */
    private static final class Round {
        private final SignalReply reply;
        private int open;
        private boolean anybody;
        private boolean told;
        private @Nullable String failure;

        Round(SignalReply reply, int open) {
            this.reply = reply;
            this.open = open;
        }

        void answered(boolean reached, @Nullable String reason) {
            open--;
            anybody |= reached;
            failure = failure == null ? reason : failure;
            tellIfOver();
        }

        void tellIfOver() {
            if (open > 0 || told) {
                return;
            }
            told = true;
            if (failure == null) {
                reply.sent(anybody);
            } else {
                reply.failed(failure);
            }
        }
    }

    /** The order for one process. */
    private final class Sending implements SignalReply {
        private final Worker worker;
        private final SignalOrder order;
        private final Round round;

        Sending(Worker worker, SignalOrder order, Round round) {
            this.worker = worker;
            this.order = order;
            this.round = round;
        }

        void begin() {
            if (order.signum() == SIGKILL) {
                send();
            } else {
                ask(HookPoint.BEFORE_SIGNAL, agreed -> {
                    if (agreed && worker.state().alive()) {
                        send();
                    } else {
                        finish(false, null);
                    }
                });
            }
        }

        private void send() {
            long incarnation = worker.incarnation();
            if (order.child().isPresent()) {
                around.kernel().signalChild(incarnation, order.child().getAsInt(), order.signum(), this);
            } else {
                around.kernel().signal(incarnation, order.signum(), order.target(), this);
            }
        }

        @Override
        public void sent(boolean anybody) {
            finish(anybody, null);
        }

        @Override
        public void failed(String reason) {
            finish(false, reason);
        }

        private void finish(boolean reached, @Nullable String reason) {
            if (order.signum() == SIGKILL) {
                ask(HookPoint.BEFORE_SIGNAL, any -> afterwards(reached, reason));
            } else {
                afterwards(reached, reason);
            }
        }

        private void afterwards(boolean reached, @Nullable String reason) {
            ask(HookPoint.AFTER_SIGNAL, any -> round.answered(reached, reason));
        }

        private void ask(HookPoint point, Consumer<Boolean> answer) {
            if (order.isForItself() && gates.has(point)) {
                gates.call(point, HookFacts.signal(worker.number(), worker.pid(), order.signum()), answer);
            } else {
                answer.accept(true);
            }
        }
    }
}

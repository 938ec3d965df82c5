package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.Exit;
import circus.message.Event;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Tells the ends of processes, once their last words are in their place: the hook before_reap, the events, and the hook after_reap. Until the
 * events are out the kernel keeps the exit, so a manager that takes over tells it. Nothing else waits for this; a successor is on its way
 * already. Runs on circus-loop only.
 */
final class Obituary {
    private static final System.Logger LOG = System.getLogger(Obituary.class.getName());

    private final String name;
    private final HookGates gates;
    private final Surroundings around;

    Obituary(String name, HookGates gates, Surroundings around) {
        this.name = name;
        this.gates = gates;
        this.around = around;
    }

    /** @param why it has ended, as things stood then */
    void tell(Worker worker, Exit exit, ExitReason why) {
        ExitReason reason = why == ExitReason.DIED && exit.known() == null ? ExitReason.KERNEL_LOST : why;
        boolean reaped = reason.reaped() && worker.isAnnounced();
        boolean asks = reaped && (gates.has(HookPoint.BEFORE_REAP) || gates.has(HookPoint.AFTER_REAP));
        if (asks) {
            // The hook after_stop is the last one, however long the last words take.
            gates.expect();
        }
        around.afterLastWords(name, exit.incarnation(), () -> {
            begin(worker, exit, reason, reaped);
            if (asks) {
                gates.arrived();
            }
        });
    }

    private void begin(Worker worker, Exit exit, ExitReason reason, boolean reaped) {
        if (reaped && gates.has(HookPoint.BEFORE_REAP)) {
            gates.call(
                    HookPoint.BEFORE_REAP,
                    HookFacts.dead(worker.number(), worker.pid(), exit.time(), null),
                    any -> publish(worker, exit, reason, true));
        } else {
            publish(worker, exit, reason, reaped);
        }
    }

    private void publish(Worker worker, Exit exit, ExitReason reason, boolean reaped) {
        if (reaped) {
            around.publish(Event.reap(name, worker.pid(), exit.time(), exit.known()));
        }
        around.publish(Event.exit(name, worker.pid(), exit.time(), exit.known(), reason.word()));
        around.died(new Death(
                name,
                worker.number(),
                worker.pid(),
                exit.incarnation(),
                worker.started(),
                exit.time(),
                exit.code(),
                reason.word(),
                worker.behalf().command(),
                worker.behalf().by(),
                exit.usage()));
        LOG.log(
                reason.isDeath() && exit.code() != 0 ? Level.INFO : Level.DEBUG,
                "{0}: process {1} ended with {2} ({3})",
                name,
                String.valueOf(worker.pid()),
                exit.known() == null ? "nobody knows what" : String.valueOf(exit.code()),
                reason.word().toLowerCase(Locale.ROOT));
        around.kernel().take(exit.incarnation());
        if (reaped && gates.has(HookPoint.AFTER_REAP)) {
            gates.call(
                    HookPoint.AFTER_REAP,
                    HookFacts.dead(worker.number(), worker.pid(), exit.time(), exit.known()),
                    any -> {});
        }
    }
}

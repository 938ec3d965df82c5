package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.Exit;
import circus.message.Event;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Tells the ends of processes: the hook before_reap, the events, and the hook after_reap. Until the events are out the kernel keeps the exit,
 * so a manager that takes over tells it. Nothing else waits for this; a successor is on its way already. Runs on circus-loop only.
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

    /** @param reason why it has ended, as things stood then */
    void tell(Worker worker, Exit exit, ExitReason reason) {
        boolean reaped = reason.reaped() && worker.isAnnounced();
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
            around.publish(Event.reap(name, worker.pid(), exit.time(), exit.code()));
        }
        around.publish(Event.exit(name, worker.pid(), exit.time(), exit.code(), reason.word()));
        LOG.log(
                reason == ExitReason.DIED && exit.code() != 0 ? Level.INFO : Level.DEBUG,
                "{0}: process {1} ended with {2} ({3})",
                name,
                String.valueOf(worker.pid()),
                String.valueOf(exit.code()),
                reason.word().toLowerCase(Locale.ROOT));
        around.kernel().take(exit.incarnation());
        if (reaped && gates.has(HookPoint.AFTER_REAP)) {
            gates.call(
                    HookPoint.AFTER_REAP,
                    HookFacts.dead(worker.number(), worker.pid(), exit.time(), exit.code()),
                    any -> {});
        }
    }
}

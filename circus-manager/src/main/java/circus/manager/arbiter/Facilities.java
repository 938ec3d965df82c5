package circus.manager.arbiter;

import circus.manager.config.Amendments;
import circus.manager.hook.HookPort;
import circus.manager.kernel.KernelPort;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Death;
import circus.manager.watcher.Watcher;
import circus.message.Event;
import java.util.function.Consumer;

/**
 * What the daemon offers to its arbiter.
 *
 * @param workshop makes launchers
 * @param amendments makes configurations of what commands say
 * @param record of what is done at run time, beside the kernel's
 * @param publisher of events
 * @param deaths remembers the ends of workers
 * @param hooks runs them
 * @param rerouted told of watchers whose output may go elsewhere from now on
 * @param lastWords tells when the output of a process that has ended is in its place
 */
public record Facilities(
        Clock clock,
        KernelPort kernel,
        Workshop workshop,
        Amendments amendments,
        RunTimeRecord record,
        Consumer<Event> publisher,
        Consumer<Death> deaths,
        HookPort hooks,
        Consumer<Watcher> rerouted,
        LastWords lastWords) {}

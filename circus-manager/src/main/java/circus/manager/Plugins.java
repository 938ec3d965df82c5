package circus.manager;

import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Farewell;
import circus.manager.config.CircusConfig;
import circus.manager.extension.Extensions;
import circus.manager.kernel.Attached;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelPort;
import circus.manager.plugin.CommandDesk;
import circus.manager.plugin.HomeCommandLine;
import circus.manager.plugin.LineFolders;
import circus.manager.plugin.PluginHost;
import circus.manager.plugin.PluginPrograms;
import circus.manager.resident.Residents;
import circus.manager.watcher.Clock;
import circus.message.Event;
import circus.stream.OutputStreamer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.ObjLongConsumer;

/**
 * The plugins of a term, whether they are threads of this circusd or processes: both are told the same, and give commands at the same desk.
 * Used on circus-loop, but for {@link #output}.
 */
final class Plugins implements ObjLongConsumer<Event>, AutoCloseable {
    private final PluginHost threads;
    private final PluginPrograms processes;

    /**
     * @param kernel for the processes
     * @param extensions where classes of threads are found
     * @param loop runs tasks on circus-loop
     */
    Plugins(
            Premises premises,
            KernelAddress address,
            KernelPort kernel,
            Extensions extensions,
            Executor loop,
            Clock clock,
            Agenda agenda) {
        CircusConfig config = premises.settings.config();
        this.threads = new PluginHost(extensions, loop, clock, agenda::changed);
        this.processes = new PluginPrograms(
                kernel,
                loop,
                new LineFolders(address.socket(), config.name()),
                new HomeCommandLine(
                        () -> Premises.addresses(premises.applied()), config.extensionPath(), premises.environment));
    }

    /** Makes those that are threads. */
    Residents.Kind threads() {
        return threads;
    }

    /** The kernel as watchers see it, which starts those that are processes so that they can be spoken to. */
    KernelPort processes() {
        return processes;
    }

    /** It is these watchers whose plugins are run. Before anything is started. */
    void workFor(Arbiter arbiter, Residents residents) {
        threads.workFor(arbiter, residents);
        processes.workFor(arbiter);
    }

    /** Who carries out commands. Before anything is started. */
    void commands(CommandDesk desk) {
        threads.commands(desk);
        processes.commands(desk);
    }

    /** Goes on with those that an earlier circusd has started. */
    void attach(List<Attached> attached) {
        processes.attach(attached);
    }

    /** What takes the standard output of one that is a process. Any thread. */
    OutputStreamer output(String plugin) {
        return processes.output(plugin);
    }

    @Override
    public void accept(Event event, long number) {
        threads.accept(event, number);
        processes.accept(event, number);
    }

    /** The watchers are ready for the end: who has stopped has nothing to say any more, and who stays speaks to the next circusd. */
    void settled(Farewell.Kind end) {
        switch (end) {
            case QUIT -> processes.ignore();
            case DETACH, HAND_OVER -> deafen();
        }
    }

    /** From now on no command is taken: what plugins write is for the next circusd. */
    void deafen() {
        processes.deafen();
    }

    /** The processes stay; threads end as residents do. */
    @Override
    public void close() {
        processes.close();
    }
}

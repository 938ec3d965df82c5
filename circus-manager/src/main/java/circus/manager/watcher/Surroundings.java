package circus.manager.watcher;

import circus.manager.config.Amendments;
import circus.manager.config.WatcherConfig;
import circus.manager.hook.HookPort;
import circus.manager.kernel.KernelPort;
import circus.message.Event;

/** What a watcher needs of the daemon around it. Called on circus-loop only. */
public interface Surroundings {
    Clock clock();

    KernelPort kernel();

    /** What makes configurations of the options in commands. */
    Amendments amendments();

    /** What starts the workers of this configuration. */
    Launcher launcher(WatcherConfig config);

    /** Has the next manager find this value, be it in the kernel or, where that is lost, on disk. */
    void keep(String key, String value);

    /** The opposite of {@link #keep}. */
    void drop(String key);

    void publish(Event event);

    /** Have this remembered. */
    void died(Death death);

    /**
     * Has this done when what an ended process wrote is in its place, or does not come there soon. What is published of the watcher
     * meanwhile comes after it.
     */
    void afterLastWords(String watcher, long incarnation, Runnable then);

    HookPort hooks();

    /** From now on, what the kernel tells of this incarnation is for this watcher. */
    void claim(long incarnation, Watcher watcher);

    /** Nothing more is to come of this incarnation. */
    void release(long incarnation);

    /** This watcher's output may have to go elsewhere from now on. */
    void rerouted(Watcher watcher);

    /** Have this one stepped at the end of the turn. */
    void changed(Reconciler reconciler);
}

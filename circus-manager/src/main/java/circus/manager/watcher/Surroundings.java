package circus.manager.watcher;

import circus.manager.hook.HookPort;
import circus.manager.kernel.KernelPort;
import circus.message.Event;

/** What a watcher needs of the daemon around it. Called on circus-loop only. */
public interface Surroundings {
    Clock clock();

    KernelPort kernel();

    void publish(Event event);

    HookPort hooks();

    /** From now on, what the kernel tells of this incarnation is for this watcher. */
    void claim(long incarnation, Watcher watcher);

    /** Nothing more is to come of this incarnation. */
    void release(long incarnation);

    /** Have this one stepped at the end of the turn. */
    void changed(Reconciler reconciler);
}

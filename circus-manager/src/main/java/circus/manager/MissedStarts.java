package circus.manager;

import circus.manager.event.EventJournal;
import circus.manager.kernel.Attached;
import circus.message.Event;
import circus.message.EventKind;
import java.util.List;
import java.util.function.Consumer;

/**
 * A manager that is killed between the start of a process and its event leaves a process of which nobody was told: the next one tells it,
 * before anything else. Used once, on circus-loop.
 */
final class MissedStarts {
    private MissedStarts() {}

    /** @param processes what the kernel holds of this arbiter */
    static void tell(List<Attached> processes, EventJournal journal, Consumer<Event> publisher) {
        List<Event> starts = processes.stream()
                .filter(process -> !process.exitTaken())
                .map(process -> Event.of(watcher(process.name()), EventKind.SPAWN, process.pid(), process.started()))
                .toList();
        journal.untold(starts).forEach(publisher);
    }

    private static String watcher(String process) {
        int dot = process.lastIndexOf('.');
        return dot < 0 ? process : process.substring(0, dot);
    }
}

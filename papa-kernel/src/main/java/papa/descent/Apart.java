package papa.descent;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Processes that are, or may become, children of papa and yet are none of those that it holds: its manager, where it runs
 * as {@code papa --init}. They are no orphans, and their ends are told to who put them here. Loop thread only.
 */
public final class Apart {
    private final Map<Integer, IntConsumer> ends = new HashMap<>();

    /** @param ended told the status (waitpid(2)) when it has been reaped */
    public void add(int pid, IntConsumer ended) {
        ends.put(pid, ended);
    }

    /** It has ended: its number may be another's from now on. */
    public void remove(int pid) {
        ends.remove(pid);
    }

    public boolean has(int pid) {
        return ends.containsKey(pid);
    }

    /** It has been reaped. */
    public void ended(int pid, int status) {
        IntConsumer end = ends.remove(pid);
        if (end != null) {
            end.accept(status);
        }
    }
}

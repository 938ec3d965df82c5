package papa.descent;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Processes that are, or may become, children of papa and yet are none of those that it holds: its manager, where it runs
 * as {@code papa --init}, and a program that is to show that it can take papa's place. They are no orphans, and their ends are told to who put them here. Loop thread only.
 */
public final class Apart {
    private final Map<Integer, IntConsumer> ends = new HashMap<>();

    private final Map<Integer, Integer> early = new HashMap<>();
    private int expected;

    /** One is being started: it may end before its pid is known. {@link #begun} or {@link #expectNoMore} follows. */
    public void expect() {
        expected++;
    }

    /** The one that was expected, which may have ended already; otherwise as {@link #add}. */
    public void begun(int pid, IntConsumer ended) {
        Integer status = early.remove(pid);
        expectNoMore();
        if (status == null) {
            add(pid, ended);
        } else {
            ended.accept(status);
        }
    }

    /** The one that was expected could not be started. */
    public void expectNoMore() {
        expected--;
        if (expected == 0) {
            early.clear();
        }
    }

    /** A child that nobody knows has been reaped: perhaps one that is expected. */
    public void endedEarly(int pid, int status) {
        if (expected > 0) {
            early.put(pid, status);
        }
    }

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

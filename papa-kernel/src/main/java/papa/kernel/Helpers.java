package papa.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/** Children of the kernel that are its own business: no client knows them. Loop thread only. */
final class Helpers {
    private final Map<Integer, IntConsumer> running = new HashMap<>();
    private final Map<Integer, Integer> early = new HashMap<>();
    private int expected;

    /** One is being started: it may end before its pid is known. Followed by {@link #begun} or {@link #failed}. */
    void expect() {
        expected++;
    }

    /** @param ended told the status, as waitpid(2) gives it, once it has been reaped */
    void begun(int pid, IntConsumer ended) {
        Integer status = early.remove(pid);
        failed();
        if (status == null) {
            running.put(pid, ended);
        } else {
            ended.accept(status);
        }
    }

    void failed() {
        expected--;
        if (expected == 0) {
            early.clear();
        }
    }

    /** A child that is no process of a client has been reaped; whether it was one of these for certain. */
    boolean ended(int pid, int status) {
        IntConsumer told = running.remove(pid);
        if (told != null) {
            told.accept(status);
        } else if (expected > 0) {
            early.put(pid, status);
        }
        return told != null;
    }
}

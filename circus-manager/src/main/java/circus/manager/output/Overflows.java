package circus.manager.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import papa.client.ReplyListener;

/**
 * Tells the kernel what is to become of each stream while its bytes cannot be committed: the kernel alone knows when its room
 * is taken. Also what is usual is told, since an earlier manager may have told otherwise; all that is new in a turn goes
 * in one request. A kernel that does not know of it drops after five seconds. Runs on circus-output only.
 */
final class Overflows implements ReplyListener {
    private static final Logger LOGGER = System.getLogger(Overflows.class.getName());
    private static final String CAPABILITY = "overflow";
    private static final int MOST_IN_A_REQUEST = 1000;

    private final KernelRequests kernel;
    private final Map<WorkerStream, Overflow> told = new HashMap<>();
    private final List<String> untold = new ArrayList<>();
    private boolean hasWarned;

    Overflows(KernelRequests kernel) {
        this.kernel = kernel;
    }

    /** How it is to be with this stream from now on. */
    void wish(WorkerStream stream, Overflow overflow) {
        if (overflow.equals(told.put(stream, overflow))) {
            return;
        }
        if (kernel.can(CAPABILITY)) {
            untold.add(stream.id().text() + "=" + word(overflow));
        } else if (!overflow.equals(Overflow.DROP) && !hasWarned) {
            hasWarned = true;
            LOGGER.log(
                    Level.WARNING,
                    "overflow and overflow_after of streams have no effect: the running papa is of an earlier version, and drops"
                            + " after 5 seconds what cannot be written; papa upgrade brings it up to date");
        }
    }

    private static String word(Overflow overflow) {
        if (overflow.blocks()) {
            return "block";
        }
        long millis = overflow.after().toMillis();
        return millis / 1000 + (millis % 1000 == 0 ? "" : ".%03d".formatted(millis % 1000));
    }

    void forget(WorkerStream stream) {
        told.remove(stream);
    }

    /** Sends what is new. */
    void tell() {
        for (int from = 0; from < untold.size(); from += MOST_IN_A_REQUEST) {
            List<String> words = new ArrayList<>(List.of("follow", CAPABILITY));
            words.addAll(untold.subList(from, Math.min(untold.size(), from + MOST_IN_A_REQUEST)));
            kernel.request(words, this);
        }
        untold.clear();
    }

    @Override
    public void ok(String text) {
        // Nobody waits for it.
    }

    @Override
    public void failed(String reason) {
        LOGGER.log(
                Level.WARNING,
                "the kernel does not take what shall become of output that cannot be written: {0}",
                reason);
    }
}

package papa.kernel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import papa.wire.Words;

/** What is lost with the kernel's end: output that it had captured, and that nobody had taken. */
final class UnreadOutput {
    private static final int MOST_NAMED = 20;

    private UnreadOutput() {}

    /** Tells it in the log; whether there was any. */
    static boolean tell(Collection<Incarnation> processes) {
        List<String> names = new ArrayList<>();
        long sum = 0;
        int count = 0;
        for (Incarnation process : processes) {
            long held = process.held();
            if (held > 0) {
                sum += held;
                count++;
                if (names.size() < MOST_NAMED) {
                    names.add(Words.text(process.spec.name()) + " (pid " + process.pid + "): " + held);
                }
            }
        }
        if (count > 0) {
            Log.info("ending with " + sum + " bytes of output that nobody has read, of " + count + " processes: "
                    + String.join(", ", names) + (count > names.size() ? ", …" : ""));
        }
        return count > 0;
    }
}

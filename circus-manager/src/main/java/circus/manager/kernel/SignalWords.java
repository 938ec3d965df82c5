package circus.manager.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import papa.client.ReplyListener;

/** A signal as a request to the kernel, and what its answer says. Pure functions. */
final class SignalWords {
    private static final String SENT = "sent";

    /** What a kernel says that does not know {@code child=}. */
    private static final String UNKNOWN_SET = "are the sets";

    private SignalWords() {}

    static List<String> of(long incarnation, int signal, SignalTarget target) {
        List<String> words = begun(incarnation, signal);
        if (target != SignalTarget.PROCESS) {
            words.add(target.name().toLowerCase(Locale.ROOT));
        }
        return words;
    }

    static List<String> ofChild(long incarnation, int child, int signal) {
        List<String> words = begun(incarnation, signal);
        words.add("child=" + child);
        return words;
    }

    private static List<String> begun(long incarnation, int signal) {
        return new ArrayList<>(List.of("signal", Long.toString(incarnation), Integer.toString(signal)));
    }

    /** Those in {@code sent COUNT PID…}. */
    private static List<Integer> pids(String text) {
        return Arrays.stream(text.strip().split(" ", -1))
                .skip(2)
                .filter(word -> word.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .toList();
    }

    /** @param prefix that the kernel puts before our names */
    static ReplyListener listener(String prefix, SignalReply reply) {
        return new ReplyListener() {
            @Override
            public void ok(String text) {
                if (text.startsWith(SENT)) {
                    List<Integer> pids = pids(text);
                    if (!pids.isEmpty()) {
                        reply.reached(pids);
                    }
                }
                reply.sent(text.startsWith(SENT));
            }

            @Override
            public void failed(String reason) {
                String ours = reason.replace(prefix, "");
                reply.failed(
                        reason.contains(UNKNOWN_SET)
                                ? ours
                                        + "; the papa that runs is older than this circusd: papa upgrade brings it up to date"
                                : ours);
            }
        };
    }
}

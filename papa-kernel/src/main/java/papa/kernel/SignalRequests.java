package papa.kernel;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import papa.descent.SetSignal;
import papa.descent.SignalSet;
import papa.loop.Log;
import papa.posix.Errno;
import papa.process.Incarnation;
import papa.request.Refusal;
import papa.request.Reply;
import papa.wire.SignalName;
import papa.wire.Words;

/** {@code signal}: from words to {@link Kernel} and back. Loop thread only. */
final class SignalRequests {
    private static final String GONE = "gone\n";
    private static final String CHILD = "child=";

    /** So many are told one by one. */
    private static final int MOST_PIDS = 10_000;

    private final Kernel kernel;

    SignalRequests(Kernel kernel) {
        this.kernel = kernel;
    }

    void signal(Session session, List<String> words, Reply reply) throws Refusal {
        if (words.size() < 2 || words.size() > 3) {
            throw new Refusal("cannot signal: an incarnation or a name, a signal, and perhaps a set are wanted");
        }
        int number = SignalName.number(words.get(1))
                .orElseThrow(() -> new Refusal("cannot send signal " + words.get(1) + ": neither a name such as TERM,"
                        + " nor between 0 and " + SignalName.HIGHEST));
        String whom = words.size() < 3 ? SignalSet.PROCESS.word() : words.get(2);
        SignalSet set = whom.startsWith(CHILD)
                ? SignalSet.CHILDREN
                : SignalSet.find(whom)
                        .orElseThrow(() -> new Refusal("cannot signal the " + whom + " of a process: "
                                + SignalSet.words() + " are the sets, and " + CHILD + "PID is one of the children"));
        int child = whom.startsWith(CHILD) ? child(whom.substring(CHILD.length())) : 0;
        String word = words.get(0);
        boolean isNumber = !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
        Incarnation process = isNumber ? kernel.process(Requests.longNumber("incarnation", word)) : kernel.latest(word);
        if (process == null) {
            if (isNumber) {
                reply.ok(GONE);
                return;
            }
            throw new Refusal("cannot signal " + word + ": there is no process of that name");
        }
        kernel.leases.demand(session, "signal", process.spec.name());
        send(process, set, child, number, reply);
    }

    private static String counted(Collection<Integer> pids) {
        return "sent " + pids.size() + " "
                + pids.stream().limit(MOST_PIDS).map(String::valueOf).collect(Collectors.joining(" ")) + "\n";
    }

    private static int child(String pid) throws Refusal {
        long number = Requests.longNumber("pid", pid);
        if (number < 1 || number > Integer.MAX_VALUE) {
            throw new Refusal("cannot signal the child " + pid + " of a process: a pid is wanted");
        }
        return (int) number;
    }

    /** @param child of a set of children the only one that is meant; 0 for all */
    private void send(Incarnation process, SignalSet set, int child, int number, Reply reply) throws Refusal {
        String name = process.spec.name();
        if (set == SignalSet.PROCESS) {
            kernel.signal(process, number, sent -> {
                if (sent < 0 && !Errno.ESRCH.is(sent)) {
                    reply.refused(new Refusal(
                            "cannot signal " + name + " with " + SignalName.of(number) + ": " + Errno.of(sent)));
                } else {
                    reply.ok(sent >= 0 ? "sent\n" : GONE);
                }
            });
            return;
        }
        if (set == SignalSet.CGROUP && process.controlGroup == null) {
            throw new Refusal("cannot signal the cgroup of " + name + ": it was not started with cgroup=1");
        }
        SetSignal.Done done = new SetSignal.Done() {
            @Override
            public void sent(Collection<Integer> pids) {
                String counted = set == SignalSet.LEFTOVERS ? "sent\n" : counted(pids);
                reply.ok(pids.isEmpty() ? GONE : counted);
            }

            @Override
            public void failed(int count, String reason) {
                String text = "cannot signal all of the " + set.word() + " of " + name + " with "
                        + SignalName.of(number) + ": " + reason + "; " + count + " were reached";
                if (set == SignalSet.LEFTOVERS && count > 0) {
                    Log.info(Words.text(text)); // who asks for these knows two answers
                    reply.ok("sent\n");
                } else {
                    reply.refused(new Refusal(text));
                }
            }
        };
        boolean begun = child > 0
                ? kernel.signalChild(process, child, number, done)
                : kernel.signalSet(process, set, number, done);
        if (!begun) {
            throw new Refusal("cannot signal the " + set.word() + " of " + name
                    + ": too many sets are being signalled; ask again in a moment");
        }
    }
}

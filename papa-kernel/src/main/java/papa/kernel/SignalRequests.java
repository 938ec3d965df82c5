package papa.kernel;

import java.util.List;
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
        SignalSet set = words.size() < 3
                ? SignalSet.PROCESS
                : SignalSet.find(words.get(2))
                        .orElseThrow(() -> new Refusal("cannot signal the " + words.get(2) + " of a process: "
                                + SignalSet.words() + " are the sets"));
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
        send(process, set, number, reply);
    }

    private void send(Incarnation process, SignalSet set, int number, Reply reply) throws Refusal {
        String name = process.spec.name();
        if (set == SignalSet.PROCESS) {
            int sent = kernel.signal(process, number);
            if (sent < 0 && !Errno.ESRCH.is(sent)) {
                throw new Refusal("cannot signal " + name + " with " + SignalName.of(number) + ": " + Errno.of(sent));
            }
            reply.ok(sent >= 0 ? "sent\n" : GONE);
            return;
        }
        if (set == SignalSet.CGROUP && process.controlGroup == null) {
            throw new Refusal("cannot signal the cgroup of " + name + ": it was not started with cgroup=1");
        }
        boolean begun = kernel.signalSet(process, set, number, new SetSignal.Done() {
            @Override
            public void sent(int count) {
                String counted = set == SignalSet.LEFTOVERS ? "sent\n" : "sent " + count + "\n";
                reply.ok(count == 0 ? GONE : counted);
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
        });
        if (!begun) {
            throw new Refusal("cannot signal the " + set.word() + " of " + name
                    + ": too many sets are being signalled; ask again in a moment");
        }
    }
}

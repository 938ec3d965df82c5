package papa.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.request.Refusal;
import papa.wire.Frame.Channel;

/**
 * {@code commit}: frees output, takes note of exits and sets values, all of it or none. Everything is checked before
 * anything is changed; an incarnation that is gone already is no error.
 */
final class CommitRequest {
    private final Kernel kernel;
    private final Session session;
    private final List<String> request;
    private final Iterator<String> words;
    private final List<Runnable> steps = new ArrayList<>();
    private final Map<String, @Nullable String> values = new HashMap<>();

    CommitRequest(Kernel kernel, Session session, List<String> words) {
        this.kernel = kernel;
        this.session = session;
        this.request = words;
        this.words = words.iterator();
    }

    String run() throws Refusal {
        while (words.hasNext()) {
            check(words.next());
        }
        kernel.values.setAll(values);
        kernel.copies.commit(request);
        steps.forEach(Runnable::run);
        return "";
    }

    private void check(String operation) throws Refusal {
        switch (operation) {
            case "out", "err" -> {
                Incarnation process = process(next(operation));
                long offset = Requests.longNumber("offset", next(operation));
                Channel channel = operation.equals("out") ? Channel.OUT : Channel.ERR;
                if (process != null) {
                    demandWithin(process, channel, offset);
                    steps.add(() -> kernel.settling.commitOutput(process, channel, offset));
                }
            }
            case "exit" -> {
                Incarnation process = process(next(operation));
                if (process != null) {
                    steps.add(() -> kernel.settling.takeExit(process));
                }
            }
            case "set" -> {
                String name = value(next(operation));
                values.put(name, next(operation));
            }
            case "unset" -> values.put(value(next(operation)), null);
            default ->
                throw new Refusal("cannot commit \"" + operation + "\": it is none of out, err, exit, set, unset");
        }
    }

    /** Who commits what was never captured takes it for another stream: nothing of that may be freed. */
    private static void demandWithin(Incarnation process, Channel channel, long offset) throws Refusal {
        Capture capture = process.capture(channel);
        if (capture != null && (offset < 0 || offset > capture.end())) {
            throw new Refusal("cannot commit " + channel.word() + " " + process.number + " " + offset
                    + ": the stream of " + process.spec.name() + " ends at " + capture.end());
        }
    }

    private String next(String operation) throws Refusal {
        if (!words.hasNext()) {
            throw new Refusal("cannot commit " + operation + ": a word is missing behind it");
        }
        return words.next();
    }

    private @Nullable Incarnation process(String number) throws Refusal {
        Incarnation process = kernel.process(Requests.longNumber("incarnation", number));
        if (process != null) {
            kernel.leases.demand(session, "commit", process.spec.name());
        }
        return process;
    }

    private String value(String name) throws Refusal {
        kernel.leases.demand(session, "commit", name);
        return name;
    }
}

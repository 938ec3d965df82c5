package circus.manager.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.client.ReplyListener;

/** Stops and restarts single streams at the kernel. Runs on circus-output only. */
final class Flow {
    private static final Logger LOGGER = System.getLogger(Flow.class.getName());

    private final KernelRequests kernel;

    /** Which request each resuming stream waits for; an older answer means nothing. */
    private final Map<WorkerStream, Long> tickets = new HashMap<>();

    private final Set<WorkerStream> paused = new LinkedHashSet<>();
    private long lastTicket;

    Flow(KernelRequests kernel) {
        this.kernel = kernel;
    }

    /** Takes no more of a stream. What is on its way is ignored, and sent again later. */
    void pause(WorkerStream stream) {
        if (stream.flow() != WorkerStream.Flow.PAUSED) {
            stream.flow(WorkerStream.Flow.PAUSED);
            tickets.remove(stream);
            paused.add(stream);
            kernel.request(List.of("follow", "pause", stream.id().text()), new Answer(List.of(), 0));
        }
    }

    /** Takes these streams up again where we are, together, so that their chunks come in the order of their capture. */
    void resume(Collection<WorkerStream> streams) {
        if (streams.isEmpty()) {
            return;
        }
        long ticket = ++lastTicket;
        List<String> words = new ArrayList<>(List.of("follow", "resume"));
        for (WorkerStream stream : streams) {
            stream.flow(WorkerStream.Flow.RESUMING);
            tickets.put(stream, ticket);
            paused.remove(stream);
            words.add(stream.id().text() + "=" + stream.received());
        }
        kernel.request(words, new Answer(List.copyOf(streams), ticket));
    }

    /** Those that wait to be resumed. */
    Set<WorkerStream> paused() {
        return paused;
    }

    void forget(WorkerStream stream) {
        tickets.remove(stream);
        paused.remove(stream);
    }

    private final class Answer implements ReplyListener {
        private final List<WorkerStream> streams;
        private final long ticket;

        Answer(List<WorkerStream> streams, long ticket) {
            this.streams = streams;
            this.ticket = ticket;
        }

        @Override
        public void ok(String text) {
            for (WorkerStream stream : streams) {
                if (tickets.remove(stream, ticket)) {
                    stream.flow(WorkerStream.Flow.FLOWING);
                }
            }
        }

        @Override
        public void failed(String reason) {
            LOGGER.log(Level.WARNING, "the kernel does not pause or resume a stream: {0}", reason);
            List<WorkerStream> left = streams.stream()
                    .filter(stream -> tickets.getOrDefault(stream, 0L) == ticket)
                    .toList();
            if (left.size() > 1) {
                // One of them is in the way of the others.
                left.forEach(stream -> resume(List.of(stream)));
            } else {
                ok("");
            }
        }
    }
}

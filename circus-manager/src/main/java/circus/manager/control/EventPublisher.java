package circus.manager.control;

import circus.manager.event.EventJournal;
import circus.manager.event.KeptEvent;
import circus.message.Event;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.zeromq.ZMQ;

/**
 * Publishes events: two frames, topic and body. Each is kept in the journal first, so that a subscriber who cannot keep up, and loses events,
 * can ask for them. Never waits. Runs on circus-loop only.
 */
public final class EventPublisher implements Consumer<Event> {
    private final ZMQ.Socket socket;
    private final EventJournal journal;
    private Consumer<KeptEvent> listener = event -> {};
    private ObjLongConsumer<Event> within = (event, seq) -> {};

    public EventPublisher(Endpoints endpoints, EventJournal journal) {
        this.socket = endpoints.publisher();
        this.journal = journal;
    }

    /** Is told of each event that is published from now on, with its number. */
    public void within(ObjLongConsumer<Event> next) {
        within = next;
    }

    /** Is told of each event that is published from now on. */
    public void listener(Consumer<KeptEvent> next) {
        listener = next;
    }

    @Override
    public void accept(Event event) {
        if (journal.isToldAlready(event)) {
            return;
        }
        KeptEvent kept = journal.add(event);
        if (socket.send(kept.topicBytes(), ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
            socket.send(kept.bodyBytes(), ZMQ.DONTWAIT);
        }
        listener.accept(kept);
        within.accept(event, kept.seq());
    }
}

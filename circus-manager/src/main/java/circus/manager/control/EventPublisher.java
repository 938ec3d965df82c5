package circus.manager.control;

import circus.message.Event;
import java.util.function.Consumer;
import org.zeromq.ZMQ;

/** Publishes events: two frames, topic and body. Never waits; a subscriber who cannot keep up loses events. Runs on circus-loop only. */
public final class EventPublisher implements Consumer<Event> {
    private final ZMQ.Socket socket;

    public EventPublisher(Endpoints endpoints) {
        this.socket = endpoints.publisher();
    }

    @Override
    public void accept(Event event) {
        if (socket.send(event.topicBytes(), ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
            socket.send(event.body(), ZMQ.DONTWAIT);
        }
    }
}

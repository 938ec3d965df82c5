package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.event.EventJournal;
import circus.manager.event.EventPage;
import circus.manager.event.KeptEvent;
import circus.message.CommandException;
import circus.message.Event;
import circus.message.EventKind;
import circus.message.PythonText;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The events that a subscriber has missed. */
public final class Events implements Command {
    private final EventJournal journal;
    private final String endpoint;

    /** @param endpoint where events are published */
    public Events(EventJournal journal, String endpoint) {
        this.journal = journal;
        this.endpoint = endpoint;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        OptionalLong since = properties.integer("since");
        long limit = properties.integer("limit").orElse(EventJournal.MOST_IN_ANSWER);
        if (limit < 1) {
            throw CommandException.invalid("'limit' must be 1 or more, not " + limit);
        }
        EventPage page = journal.after(since, wanted(properties), limit);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("events", page.events().stream().map(KeptEvent::report).toList());
        fields.put("first", page.first());
        fields.put("last", page.last());
        fields.put("lost", page.lost());
        fields.put("next", page.next());
        fields.put("pubsub_endpoint", endpoint);
        call.reply(new Reply.Ok(fields));
    }

    /** A name that no watcher has is none to complain of: its events outlive a watcher. */
    private static Predicate<KeptEvent> wanted(PropertyValues properties) throws CommandException {
        Set<String> watchers =
                properties.texts("names").stream().map(Event::inTopic).collect(Collectors.toSet());
        String kind = properties.text("kind").orElse("");
        if (!kind.isEmpty() && EventKind.find(kind).isEmpty()) {
            throw CommandException.invalid("unknown kind of event " + PythonText.repr(kind) + ": expected "
                    + List.of(EventKind.values()).stream().map(EventKind::word).collect(Collectors.joining(", ")));
        }
        String word = EventKind.find(kind).map(EventKind::word).orElse("");
        return event -> (watchers.isEmpty() || watchers.contains(Event.watcherOf(event.topic())))
                && (word.isEmpty() || word.equals(Event.kindOf(event.topic())));
    }
}

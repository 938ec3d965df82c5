package circus.manager.event;

import java.util.List;

/**
 * The answer to {@code events}. A value.
 *
 * @param first number of the oldest event that is held; one more than {@code last} when none is
 * @param last the highest number that was given
 * @param lost how many of the numbers from the one that was asked for up to {@code next} are not held any more; -1 when nobody can tell
 * @param next where to go on: the highest number that was looked at
 */
public record EventPage(List<KeptEvent> events, long first, long last, long lost, long next) {
    public EventPage {
        events = List.copyOf(events);
    }
}

package circus.top;

import circus.client.Answer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What other threads tell the one that owns the figures. Values. */
sealed interface Happening {
    /** A message of the feed. */
    record Told(StatMessage message) implements Happening {}

    /** The feed cannot be had; it is tried again. */
    record Lost(String reason) implements Happening {}

    /** What the command endpoint tells of watchers. */
    record Reported(Map<String, WatcherReport> reports) implements Happening {}

    /** The command endpoint does not answer; it is tried again. */
    record Silent(String reason) implements Happening {}

    /** What came of a task: an answer, or why there is none. */
    record Outcome(Task task, @Nullable Answer answer, String failure) implements Happening {}

    record Pressed(Key key) implements Happening {}

    record Resized() implements Happening {}

    /** All is to end. */
    record Ended() implements Happening {}
}

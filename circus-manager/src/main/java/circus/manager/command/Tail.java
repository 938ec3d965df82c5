package circus.manager.command;

import circus.command.Moment;
import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.recall.Selection;
import circus.manager.recall.TailCursor;
import circus.manager.recall.TailDesk;
import circus.manager.recall.TailQuestion;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.PythonText;
import java.time.Duration;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What workers print. Looked for on another thread; the answer comes when there is something to show. */
final class Tail implements Command {
    private static final long USUAL_LINES = 10;
    private static final long MOST_LINES = 1_000_000;

    /** Each is compared with each worker. */
    private static final int MOST_NAMES = 100;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Arbiter arbiter;
    private final TailDesk desk;

    Tail(Arbiter arbiter, TailDesk desk) {
        this.arbiter = arbiter;
        this.desk = desk;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        OptionalLong since = since(properties);
        if (properties.texts("names").size() > MOST_NAMES) {
            throw CommandException.invalid("'names' may have " + MOST_NAMES + " entries at most");
        }
        Duration wait = properties.seconds("wait").orElse(Duration.ZERO);
        desk.ask(
                new TailQuestion(
                        new Selection(properties.texts("names")),
                        arbiter.watchers().stream().map(Watcher::name).toList(),
                        properties.isTrue("stderr"),
                        lines(properties, since),
                        since,
                        properties.isTrue("follow"),
                        cursor(properties),
                        wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT.toNanos() : wait.toNanos()),
                call::reply);
    }

    private static OptionalLong lines(PropertyValues properties, OptionalLong since) throws CommandException {
        OptionalLong lines = properties.integer("lines");
        if (lines.isPresent() && (lines.getAsLong() < 0 || lines.getAsLong() > MOST_LINES)) {
            throw CommandException.invalid("'lines' must be 0 to " + MOST_LINES + ", not " + lines.getAsLong());
        }
        return lines.isPresent() || since.isPresent() ? lines : OptionalLong.of(USUAL_LINES);
    }

    private OptionalLong since(PropertyValues properties) throws CommandException {
        @Nullable Object given = properties.raw("since");
        if (given == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Moment.micros(given, arbiter.clock().now().atZone(ZoneId.systemDefault()))
                .orElseThrow(() -> CommandException.invalid(
                        "cannot use " + PythonText.repr(given) + " as 'since': " + Moment.EXPECTED)));
    }

    private static @Nullable TailCursor cursor(PropertyValues properties) throws CommandException {
        if (!properties.isGiven("cursor")) {
            return null;
        }
        try {
            return TailCursor.parse(properties.object("cursor"));
        } catch (IllegalArgumentException malformed) {
            throw CommandException.invalid(
                    "cannot use 'cursor': " + malformed.getMessage() + "; expected the one of the answer before");
        }
    }
}

package circus.manager.command;

import circus.command.PropertyValues;
import circus.message.CommandException;
import circus.message.Reply;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts another circusd, or another papa, in the place of the one that runs. Answers at once; {@code look} tells how it goes. */
final class Upgrade implements Command {
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);
    private static final Duration USUAL_PROBATION = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Upgrades upgrades;

    Upgrade(Upgrades upgrades) {
        this.upgrades = upgrades;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        if (properties.isTrue("look")) {
            call.reply(new Reply.Ok(upgrades.report(properties.integer("since").orElse(0))));
            return;
        }
        Optional<Path> home = home(properties.raw("to"));
        upgrades.begin(new Upgrades.Wish(
                properties.isTrue("kernel"),
                home,
                seconds(properties, "timeout", USUAL_LIMIT),
                seconds(properties, "probation", USUAL_PROBATION),
                properties.isTrue("apply")));
        Map<String, @Nullable Object> report = upgrades.report(0);
        call.reply(new Reply.Ok(report));
    }

    private static Optional<Path> home(@Nullable Object to) throws CommandException {
        if (!(to instanceof String text) || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path home = Path.of(text);
            if (home.isAbsolute()) {
                return Optional.of(home);
            }
        } catch (InvalidPathException malformed) {
            throw CommandException.invalid("'to' must be an absolute path: " + malformed.getReason());
        }
        throw CommandException.invalid("'to' must be an absolute path, not " + text);
    }

    private static Duration seconds(PropertyValues properties, String property, Duration usual)
            throws CommandException {
        Duration given = properties.seconds(property).orElse(usual);
        if (given.isNegative() || given.compareTo(LONGEST) > 0) {
            throw CommandException.invalid("'" + property + "' must be 0 to " + LONGEST.toSeconds() + " seconds");
        }
        return given;
    }
}

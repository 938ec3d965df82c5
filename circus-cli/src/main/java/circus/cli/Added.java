package circus.cli;

import circus.command.spi.CommandDefinition;
import java.util.List;

/** The commands that were added to a circusd. One thread. */
@FunctionalInterface
interface Added {
    /** Nobody is asked. */
    Added NONE = settings -> List.of();

    /** Those of the circusd that these settings lead to, sorted by their words; none where it does not say it soon. */
    List<CommandDefinition> of(Settings settings);
}

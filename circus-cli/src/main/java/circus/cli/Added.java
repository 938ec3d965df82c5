package circus.cli;

import circus.client.CallException;
import circus.command.spi.CommandDefinition;
import circus.curve.KeyFileException;
import java.util.List;

/** The commands that were added to a circusd. One thread. */
@FunctionalInterface
interface Added {
    /** Nobody is asked. No lambda: what these stand on takes a command several milliseconds to load. */
    Added NONE = new Added() {
        @Override
        public List<CommandDefinition> of(Settings settings) {
            return List.of();
        }
    };

    /** Those of the circusd that these settings lead to, sorted by their words; none where it does not say it soon. */
    List<CommandDefinition> of(Settings settings);

    /**
     * The same for a line that may name one, with the time that the line gives: what becomes of the line depends on it. None where nobody is
     * there and the line does not say to wait.
     *
     * @throws IllegalArgumentException for an endpoint or an SSH server that is none
     */
    default List<CommandDefinition> demanded(Settings settings) throws CallException, KeyFileException {
        return of(settings);
    }
}

package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.spi.CommandDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command line asks for. */
sealed interface Invocation {
    /** Print the version. */
    record ShowVersion() implements Invocation {}

    /**
     * @param command null for the general help
     * @param added to circusd, for the general help
     */
    record ShowHelp(@Nullable CommandDeclaration command, List<CommandDefinition> added) implements Invocation {}

    /** No command: read commands from standard input. */
    record RunShell(Settings settings) implements Invocation {}

    /** @param properties of the request, in the order in which they are sent */
    record RunCommand(Settings settings, CommandDeclaration command, Map<String, @Nullable Object> properties)
            implements Invocation {
        public RunCommand {
            properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        }
    }
}

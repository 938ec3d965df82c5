package circus.cli;

import circus.command.CommandSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command line asks for. */
sealed interface Invocation {
    /** Print the version. */
    record ShowVersion() implements Invocation {}

    /** @param command null for the general help */
    record ShowHelp(@Nullable CommandSpec command) implements Invocation {}

    /** No command: read commands from standard input. */
    record RunShell(Settings settings) implements Invocation {}

    /** @param properties of the request, in the order in which they are sent */
    record RunCommand(Settings settings, CommandSpec command, Map<String, @Nullable Object> properties)
            implements Invocation {
        public RunCommand {
            properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        }
    }
}

package circus.cli;

import circus.command.CommandSpec;
import circus.command.spi.CommandDefinition;
import circus.message.PythonText;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names for {@link Suggestions}, asked of circusd each time, so that what was added a moment ago is there. One thread. */
final class DaemonNames implements Suggestions.Names {
    private final Settings settings;
    private final Console console;

    DaemonNames(Settings settings, Console console) {
        this.settings = settings;
        this.console = console;
    }

    @Override
    public List<String> watchers() {
        return list(CommandSpec.LIST, Map.of(), "watchers").map(PythonText::str).toList();
    }

    @Override
    public List<String> pids(String watcher) {
        return list(CommandSpec.LIST, Map.of("name", watcher), "pids")
                .map(PythonText::str)
                .toList();
    }

    @Override
    public List<String> sockets() {
        return list(CommandSpec.LISTSOCKETS, Map.of(), "sockets")
                .map(socket -> PythonText.str(Printer.map(socket).get("name")))
                .toList();
    }

    @Override
    public List<String> options(String watcher) {
        return console.look(settings, CommandSpec.OPTIONS, Map.of("name", watcher))
                .map(answer ->
                        List.copyOf(Printer.map(answer.fields().get("options")).keySet()))
                .orElse(List.of());
    }

    @Override
    public List<CommandDefinition> commands() {
        return console.of(settings);
    }

    private Stream<?> list(CommandSpec command, Map<String, @Nullable Object> properties, String field) {
        return console
                .look(settings, command, properties)
                .map(answer -> answer.fields().get(field))
                .filter(List.class::isInstance)
                .stream()
                .flatMap(items -> ((List<?>) items).stream());
    }
}

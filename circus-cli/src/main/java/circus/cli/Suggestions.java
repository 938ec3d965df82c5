package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.command.spi.CommandDefinition;
import circus.message.EventKind;
import circus.options.Option;
import circus.options.Signals;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What may stand where the cursor is, on a line of the shell: commands, their options, and names that circusd knows. From the declarations in
 * {@link CommandSpec}, so a new command is completed without a word here. One thread.
 */
final class Suggestions {
    /** What circusd knows; empty where it does not say it. */
    interface Names {
        List<String> watchers();

        List<String> pids(String watcher);

        List<String> sockets();

        /** What was added to it. */
        default List<CommandDefinition> commands() {
            return List.of();
        }
    }

    private static final List<String> HELP = List.of("help", "?");
    private static final List<String> MATCHES = List.of("glob", "regex", "simple");
    private static final List<String> GLOBAL_OPTIONS =
            List.of("endpoint", "stats_endpoint", "pubsub_endpoint", "check_delay", "multicast_endpoint");
    private static final int SIGNALS = 31;

    private final Names names;

    Suggestions(Names names) {
        this.names = names;
    }

    /**
     * All that may stand there, whatever stands there now.
     *
     * @param words of the line, up to the one with the cursor, which is the last and may be empty
     */
    List<String> at(List<String> words) {
        int cursor = words.size() - 1;
        if (cursor == 0) {
            return Stream.concat(commands().stream(), HELP.stream()).toList();
        }
        if (HELP.contains(words.get(0))) {
            return cursor == 1 ? commands() : List.of();
        }
        CommandDeclaration command = find(words.get(0));
        return command == null ? List.of() : arguments(command, words.subList(1, words.size()));
    }

    private List<String> commands() {
        return Stream.concat(Stream.of(CommandSpec.values()), names.commands().stream())
                .map(CommandDeclaration::word)
                .sorted()
                .toList();
    }

    /** One of circusd's own, or one that was added to it; null when there is none. */
    @Nullable
    CommandDeclaration find(String word) {
        CommandSpec own = Arguments.find(word);
        return own != null
                ? own
                : names.commands().stream()
                        .filter(each -> each.word().equals(word))
                        .findFirst()
                        .orElse(null);
    }

    private List<String> arguments(CommandDeclaration command, List<String> words) {
        List<String> before = words.subList(0, words.size() - 1);
        String current = words.get(words.size() - 1);
        List<String> positional = new ArrayList<>();
        boolean optionsEnded = false;
        for (int i = 0; i < before.size(); i++) {
            String word = before.get(i);
            if (!optionsEnded && word.equals("--")) {
                optionsEnded = true;
            } else if (optionsEnded || !word.startsWith("-")) {
                positional.add(word);
            } else if (takesValue(command, word)) {
                if (i == before.size() - 1) {
                    return values(property(command, word), positional);
                }
                i++;
            }
        }
        if (!optionsEnded && current.startsWith("-")) {
            return flags(command, before);
        }
        return positional(command, positional);
    }

    private static boolean takesValue(CommandDeclaration command, String word) {
        return command.parameters().stream()
                .anyMatch(each -> each.form() == Parameter.Form.OPTION
                        && (each.flag().equals(word) || word.equals(each.letter())));
    }

    private static String property(CommandDeclaration command, String word) {
        return command.parameters().stream()
                .filter(each -> each.form() == Parameter.Form.OPTION
                        && (each.flag().equals(word) || word.equals(each.letter())))
                .map(Parameter::property)
                .findFirst()
                .orElse("");
    }

    private static List<String> flags(CommandDeclaration command, Collection<String> given) {
        return Stream.concat(
                        command.parameters().stream()
                                .filter(each -> !each.isPositional() && each.isOnCommandLine())
                                .map(Parameter::flag),
                        Stream.of("--help"))
                .filter(flag -> !given.contains(flag))
                .toList();
    }

    /** One that may be left out may also be what stands there for the next one. */
    private List<String> positional(CommandDeclaration command, List<String> before) {
        List<Parameter> places =
                command.parameters().stream().filter(Parameter::isPositional).toList();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Parameter place = places.get(i);
            if (place.isRest() ? i <= before.size() : i == before.size()) {
                found.addAll(
                        place.form() == Parameter.Form.PAIRS
                                ? pair(before.subList(i, before.size()))
                                : command == CommandSpec.ADD || command == CommandSpec.KEYGEN
                                        ? List.of()
                                        : values(place.property(), before));
                boolean mayBeNext = !place.mandatory() && i + 1 < places.size() && !place.isRest();
                if (mayBeNext && places.get(i + 1).mandatory()) {
                    found.addAll(values(places.get(i + 1).property(), before));
                }
            }
        }
        return found;
    }

    private List<String> pair(List<String> before) {
        if (before.size() % 2 == 0) {
            return keys(true);
        }
        String key = before.get(before.size() - 1);
        if (key.equals(WatcherOptions.STOP_SIGNAL.key())) {
            return signals();
        }
        return key.equals(WatcherOptions.STDIN_SOCKET.key()) ? names.sockets() : List.of();
    }

    private List<String> values(String property, List<String> before) {
        return switch (property) {
            case "name", "names" -> names.watchers();
            case "pid", "process", "childpid" -> before.isEmpty() ? List.of() : names.pids(before.get(0));
            case "signum" -> signals();
            case "keys" -> keys(false);
            case "topics" ->
                names.watchers().stream().map(name -> "watcher." + name + ".").toList();
            case "match" -> MATCHES;
            case "kind" -> Stream.of(EventKind.values()).map(EventKind::word).toList();
            case "option" -> GLOBAL_OPTIONS;
            default -> List.of();
        };
    }

    private static List<String> keys(boolean settable) {
        return WatcherOptions.ALL.stream()
                .filter(option -> option.settable() || !settable)
                .map(Option::key)
                .sorted()
                .toList();
    }

    private static List<String> signals() {
        return IntStream.rangeClosed(1, SIGNALS)
                .mapToObj(Signals::name)
                .flatMap(java.util.Optional::stream)
                .toList();
    }
}

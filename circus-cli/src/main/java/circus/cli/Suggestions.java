package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.command.spi.CommandDefinition;
import circus.hook.HookPoint;
import circus.message.EventKind;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.ResourceLimits;
import circus.options.Signals;
import circus.options.StreamOptions;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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

        /** The options that it tells of a watcher. */
        default List<String> options(String watcher) {
            return List.of();
        }

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

    /** Properties that are paths. */
    private static final Set<String> PATHS = Set.of("server", "to", "cmd");

    private final Names names;

    /**
     * A place in a line.
     *
     * @param words all that may stand there
     * @param free whether something else may, too, as the name of a file
     */
    record Place(List<String> words, boolean free) {
        static final Place NOTHING = new Place(List.of(), false);

        static Place of(List<String> words) {
            return new Place(words, false);
        }

        Place and(Place other) {
            return new Place(Stream.concat(words.stream(), other.words.stream()).toList(), free || other.free);
        }
    }

    Suggestions(Names names) {
        this.names = names;
    }

    /**
     * All that may stand there, whatever stands there now.
     *
     * @param words of the line, up to the one with the cursor, which is the last and may be empty
     */
    List<String> at(List<String> words) {
        return place(words).words();
    }

    /** The same, and whether files may stand there. */
    Place place(List<String> words) {
        int cursor = words.size() - 1;
        if (cursor == 0) {
            return Place.of(Stream.concat(commands().stream(), HELP.stream()).toList());
        }
        if (HELP.contains(words.get(0))) {
            return cursor == 1 ? Place.of(commands()) : Place.NOTHING;
        }
        CommandDeclaration command = find(words.get(0));
        return command == null ? Place.NOTHING : arguments(command, words.subList(1, words.size()));
    }

    /** All of them, sorted. */
    List<String> commands() {
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

    private Place arguments(CommandDeclaration command, List<String> words) {
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
                    return value(command, property(command, word), positional);
                }
                i++;
            }
        }
        if (!optionsEnded && current.startsWith("-")) {
            return Place.of(flags(command, before));
        }
        return positional(command, positional, current);
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
    private Place positional(CommandDeclaration command, List<String> before, String current) {
        List<Parameter> places =
                command.parameters().stream().filter(Parameter::isPositional).toList();
        Place found = Place.NOTHING;
        for (int i = 0; i < places.size(); i++) {
            Parameter place = places.get(i);
            if (place.isRest() ? i <= before.size() : i == before.size()) {
                found = found.and(
                        place.form() == Parameter.Form.PAIRS
                                ? pair(before.subList(i, before.size()), current)
                                : value(command, place.property(), before));
                boolean mayBeNext = !place.mandatory() && i + 1 < places.size() && !place.isRest();
                if (mayBeNext && places.get(i + 1).mandatory()) {
                    found = found.and(value(command, places.get(i + 1).property(), before));
                }
            }
        }
        return found;
    }

    private Place pair(List<String> before, String current) {
        if (before.size() % 2 == 0) {
            return Place.of(settableKeys(!current.isEmpty()));
        }
        String key = before.get(before.size() - 1);
        if (key.equals(WatcherOptions.STOP_SIGNAL.key())) {
            return Place.of(signals());
        }
        return key.equals(WatcherOptions.STDIN_SOCKET.key()) ? Place.of(names.sockets()) : new Place(List.of(), true);
    }

    private Place value(CommandDeclaration command, String property, List<String> before) {
        if (command == CommandSpec.ADD && property.equals("name")) {
            return Place.NOTHING;
        }
        if (command == CommandSpec.KEYGEN || PATHS.contains(property)) {
            return new Place(List.of(), true);
        }
        List<String> words = values(property, before);
        // Of one that was added nobody knows what it takes.
        return new Place(words, words.isEmpty() && !(command instanceof CommandSpec));
    }

    private List<String> values(String property, List<String> before) {
        return switch (property) {
            case "name", "names" -> names.watchers();
            case "pid", "process", "childpid" -> before.isEmpty() ? List.of() : names.pids(before.get(0));
            case "signum" -> signals();
            case "keys" -> shownKeys(before.isEmpty() ? List.of() : names.options(before.get(0)));
            case "topics" ->
                names.watchers().stream().map(name -> "watcher." + name + ".").toList();
            case "match" -> MATCHES;
            case "kind" -> Stream.of(EventKind.values()).map(EventKind::word).toList();
            case "option" -> GLOBAL_OPTIONS;
            default -> List.of();
        };
    }

    /** Those that {@code get} knows, of a watcher that is there or else of any. */
    private static List<String> shownKeys(List<String> ofWatcher) {
        return !ofWatcher.isEmpty()
                ? ofWatcher
                : WatcherOptions.ALL.stream()
                        .filter(option -> !WatcherOptions.HIDDEN.contains(option))
                        .map(Option::key)
                        .sorted()
                        .toList();
    }

    /** @param members whether those of families, too: they are many, so only where a word was begun */
    private static List<String> settableKeys(boolean members) {
        Stream<String> keys =
                WatcherOptions.ALL.stream().filter(Option::settable).map(Option::key);
        return (members ? Stream.concat(keys, members()) : keys).sorted().toList();
    }

    private static Stream<String> members() {
        return Stream.of(
                        members(
                                WatcherOptions.STDOUT_STREAM,
                                StreamOptions.ALL.stream().map(Option::key)),
                        members(
                                WatcherOptions.STDERR_STREAM,
                                StreamOptions.ALL.stream().map(Option::key)),
                        members(
                                WatcherOptions.HOOKS,
                                Stream.of(HookPoint.values()).map(HookPoint::word)),
                        members(WatcherOptions.RLIMIT, ResourceLimits.names().stream()))
                .flatMap(all -> all);
    }

    private static Stream<String> members(OptionFamily family, Stream<String> members) {
        return members.map(member -> family.prefix() + member);
    }

    private static List<String> signals() {
        return IntStream.rangeClosed(1, SIGNALS)
                .mapToObj(Signals::name)
                .flatMap(java.util.Optional::stream)
                .toList();
    }
}

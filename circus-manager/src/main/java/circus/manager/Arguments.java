package circus.manager;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command line of circusd, as it was given; what the configuration says about the same things counts where this says nothing. */
record Arguments(Optional<Path> config, Map<Arguments.Name, String> options) {
    /** The options, in the order of the help. */
    enum Name {
        CHECK("--check", "", "only tell what is wrong or doubtful in the file; starts nothing"),
        DAEMON("--daemon", "", "run in the background; exit code 0 says that it serves"),
        FRESH("--fresh", "", "forget what was done at run time (set, add, rm, incr, stop …)"),
        HELP("--help", "", "show this help and exit"),
        LOG_LEVEL("--log-level", "LEVEL", "critical, error, warning, info or debug"),
        LOG_OUTPUT("--log-output", "FILE", "the log; - is stderr, which is the default"),
        LOGGER_CONFIG("--logger-config", "FILE", "not supported: it is for circusd in Python"),
        NO_APPLY("--no-apply", "", "leave what runs as it is though the file has changed, until reloadconfig"),
        PIDFILE("--pidfile", "FILE", "holds the process id while circusd runs"),
        VERSION("--version", "", "display version and exit");

        private final String word;
        private final String value;
        private final String doc;

        Name(String word, String value, String doc) {
            this.word = word;
            this.value = value;
            this.doc = doc;
        }

        String word() {
            return word;
        }

        private boolean takesValue() {
            return !value.isEmpty();
        }

        private String helpLine() {
            return String.format("  %-22s %s", (word + " " + value).strip(), doc);
        }
    }

    /** A command line that cannot be understood. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message, null, false, false);
        }
    }

    /** Nothing was said. */
    static Arguments none() {
        return new Arguments(Optional.empty(), Map.of());
    }

    static Arguments parse(List<String> words) throws UsageException {
        Map<Name, String> options = new EnumMap<>(Name.class);
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-")) {
                rest.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            Name name = find(equals < 0 ? word : word.substring(0, equals));
            if (!name.takesValue()) {
                refuseIf(equals >= 0, "argument " + name.word() + ": takes no value");
                options.put(name, "");
            } else if (equals >= 0) {
                options.put(name, word.substring(equals + 1));
            } else {
                refuseIf(i + 1 == words.size(), "argument " + name.word() + ": expected one argument");
                options.put(name, words.get(++i));
            }
        }
        refuseIf(
                rest.size() > 1,
                "unrecognized arguments: " + String.join(" ", rest.subList(Math.min(1, rest.size()), rest.size())));
        Arguments arguments = new Arguments(rest.stream().findFirst().map(Path::of), options);
        arguments.check();
        return arguments;
    }

    private void check() throws UsageException {
        Optional<String> level = get(Name.LOG_LEVEL);
        refuseIf(
                level.isPresent() && LogLevel.parse(level.get()).isEmpty(),
                "argument --log-level: invalid choice: '" + level.orElse("")
                        + "' (choose from critical, error, warning," + " info, debug)");
        refuseIf(
                has(Name.LOGGER_CONFIG) && !get(Name.LOGGER_CONFIG).equals(Optional.of("default")),
                "argument --logger-config: logging configurations of Python are not supported");
        refuseIf(
                get(Name.LOG_OUTPUT).orElse("").startsWith("syslog:"),
                "argument --log-output: logging to syslog is not supported; give a file, or - for stderr");
        refuseIf(
                has(Name.CHECK) && config.isEmpty() && !has(Name.HELP) && !has(Name.VERSION),
                "argument --check: give the configuration file to check");
    }

    /** Any unique beginning of an option will do. */
    private static Name find(String word) throws UsageException {
        if (word.equals("-h")) {
            return Name.HELP;
        }
        List<Name> matching = Arrays.stream(Name.values())
                .filter(name -> word.length() > 2 && name.word().startsWith(word))
                .toList();
        Optional<Name> exact =
                matching.stream().filter(name -> name.word().equals(word)).findFirst();
        refuseIf(matching.isEmpty(), "unrecognized arguments: " + word);
        refuseIf(
                matching.size() > 1 && exact.isEmpty(),
                "ambiguous option: " + word + " could match "
                        + matching.stream().map(Name::word).collect(Collectors.joining(", ")));
        return exact.orElse(matching.get(0));
    }

    private static void refuseIf(boolean wrong, String message) throws UsageException {
        if (wrong) {
            throw new UsageException(message);
        }
    }

    boolean has(Name name) {
        return options.containsKey(name);
    }

    Optional<String> get(Name name) {
        @Nullable String value = options.get(name);
        return Optional.ofNullable(value);
    }

    /** The words for another circusd that is to do the same, in the foreground. */
    List<String> inForeground() {
        List<String> words = new ArrayList<>();
        options.forEach((name, value) -> {
            if (name != Name.DAEMON) {
                words.add(name.takesValue() ? name.word() + "=" + value : name.word());
            }
        });
        config.ifPresent(file -> words.add(file.toString()));
        return words;
    }

    /** The words for another circusd that is to go on where this one stops. */
    List<String> forSuccessor() {
        Map<Name, String> going = new EnumMap<>(Name.class);
        going.putAll(options);
        // What was done at run time stays, and what the file says now is a plan that was shown.
        going.remove(Name.FRESH);
        going.remove(Name.NO_APPLY);
        return new Arguments(config.map(Path::toAbsolutePath), going).inForeground();
    }

    static String usage() {
        return "usage: circusd [options] [config]";
    }

    static String help() {
        return usage() + "\n\nRuns the watchers and sockets of a configuration file.\n\noptions:\n"
                + Arrays.stream(Name.values()).map(Name::helpLine).collect(Collectors.joining("\n"))
                + "\n\nexit codes: 0 after quit, detach, SIGTERM, SIGINT or SIGQUIT; 1 if it cannot start or go on, or if --check finds"
                + " an error;\n2 for a wrong option";
    }
}

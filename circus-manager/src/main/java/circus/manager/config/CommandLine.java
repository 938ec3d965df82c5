package circus.manager.config;

import circus.options.Arguments;
import circus.options.Option;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a process of a watcher is started: {@code cmd} and {@code args}, with variables put in, then split into words. Since the splitting
 * comes last, a variable whose value has blanks becomes several words unless it stands in quotes. With {@code shell} a shell gets {@code cmd}
 * to read instead, so pipes, {@code $NAME} and {@code ;} mean there what they always mean (contract/DECISIONS.md, Q20).
 *
 * <p>Immutable; any thread may use it.
 */
public final class CommandLine {
    /** Circus's older name for {@code use_sockets}. */
    private static final String USE_FDS = "use_fds";

    /** Python's text for nothing. */
    private static final String NONE = "None";

    /** What means the same to a shell with quotes and without. */
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private final WatcherConfig watcher;
    private final Function<String, @Nullable String> environment;
    private final Map<String, String> options;

    CommandLine(WatcherConfig watcher) {
        this.watcher = watcher;
        this.environment = Variables.environment(watcher.environment());
        this.options = options(watcher);
    }

    /** The sockets that the command names, in lower case; those are the ones a process needs. */
    public List<String> sockets() {
        Set<String> sockets =
                new LinkedHashSet<>(Variables.sockets(watcher.options().get(WatcherOptions.CMD)));
        addSockets(watcher.options().get(WatcherOptions.ARGS), sockets);
        if (watcher.options().get(WatcherOptions.SHELL)) {
            addSockets(watcher.options().get(WatcherOptions.SHELL_ARGS), sockets);
        }
        return List.copyOf(sockets);
    }

    private static void addSockets(Arguments arguments, Set<String> sockets) {
        if (arguments instanceof Arguments.Text text) {
            sockets.addAll(Variables.sockets(text.text()));
        } else if (arguments instanceof Arguments.Words words) {
            words.words().forEach(word -> sockets.addAll(Variables.sockets(word)));
        }
    }

    /**
     * The program and its arguments; never empty.
     *
     * @param wid the worker's number, {@code $(circus.wid)}
     * @param socketNumbers descriptor numbers by socket name in lower case, {@code $(circus.sockets.NAME)}; a name that is not there stays
     *     as it is written
     */
    public List<String> argv(int wid, Map<String, Integer> socketNumbers) throws CommandLineException {
        Function<String, @Nullable String> values = name -> value(name, wid, socketNumbers);
        String command = Variables.expand(watcher.options().get(WatcherOptions.CMD), values);
        List<String> arguments = words(WatcherOptions.ARGS, values);
        if (watcher.options().get(WatcherOptions.SHELL)) {
            return inShell(command, arguments, words(WatcherOptions.SHELL_ARGS, values));
        }
        List<String> argv = new ArrayList<>(split(WatcherOptions.CMD, command));
        argv.addAll(arguments);
        demandProgram(argv.isEmpty());
        return List.copyOf(argv);
    }

    /** The shell reads cmd itself, while each word of args reaches the program as it is. */
    private List<String> inShell(String command, List<String> arguments, List<String> shellArguments)
            throws CommandLineException {
        demandProgram(command.isBlank() && arguments.isEmpty());
        StringBuilder line = new StringBuilder(command);
        arguments.forEach(word -> line.append(' ').append(quoted(word)));
        List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", line.toString()));
        argv.addAll(shellArguments);
        return List.copyOf(argv);
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\"'\"'") + "'";
    }

    private void demandProgram(boolean missing) throws CommandLineException {
        if (missing) {
            throw new CommandLineException(
                    WatcherOptions.CMD,
                    "cannot start a process of watcher '" + watcher.name()
                            + "': its cmd is empty; give cmd a program to run");
        }
    }

    private List<String> words(Option<Arguments> option, Function<String, @Nullable String> values)
            throws CommandLineException {
        Arguments arguments = watcher.options().get(option);
        if (arguments instanceof Arguments.Text text) {
            return split(option, Variables.expand(text.text(), values));
        }
        return arguments instanceof Arguments.Words words
                ? words.words().stream()
                        .map(word -> Variables.expand(word, values))
                        .toList()
                : List.of();
    }

    private List<String> split(Option<?> option, String text) throws CommandLineException {
        try {
            return ShellWords.split(text);
        } catch (UnbalancedException e) {
            throw new CommandLineException(
                    option,
                    "cannot split the " + option.key() + " of watcher '" + watcher.name() + "' into words: "
                            + e.getMessage() + " in: " + text);
        }
    }

    private @Nullable String value(String name, int wid, Map<String, Integer> socketNumbers) {
        if (name.equals("wid")) {
            return Integer.toString(wid);
        }
        if (name.startsWith("sockets.")) {
            Integer number = socketNumbers.get(name.substring("sockets.".length()));
            return number == null ? null : number.toString();
        }
        if (name.equals(WatcherOptions.UID.key())) {
            return user().map(AccountNumbers::user).orElse(NONE);
        }
        if (name.equals(WatcherOptions.GID.key())) {
            return watcher.options()
                    .get(WatcherOptions.GID)
                    .map(AccountNumbers::group)
                    .or(() -> user().flatMap(AccountNumbers::groupOfUser))
                    .orElse(NONE);
        }
        String value = options.get(name);
        return value == null ? environment.apply(name) : value;
    }

    private Optional<String> user() {
        return watcher.options().get(WatcherOptions.UID);
    }

    private static Map<String, String> options(WatcherConfig watcher) {
        Map<String, String> options = new HashMap<>();
        for (Option<?> option : WatcherOptions.ALL) {
            if (!WatcherOptions.HIDDEN.contains(option) && !option.equals(WatcherOptions.ENV)) {
                options.put(option.key(), text(watcher, option));
            }
        }
        options.put(WatcherOptions.WORKING_DIR.key(), watcher.shownWorkingDirectory());
        options.put(USE_FDS, text(watcher, WatcherOptions.USE_SOCKETS));
        watcher.limits().forEach((limit, value) -> options.put("rlimits." + limit, value.toString()));
        watcher.stdout().ifPresent(stream -> stream(WatcherConfig.STDOUT_STREAM_CONF, stream, options));
        watcher.stderr().ifPresent(stream -> stream(WatcherConfig.STDERR_STREAM_CONF, stream, options));
        return options;
    }

    private static <T> String text(WatcherConfig watcher, Option<T> option) {
        return option.type().text(watcher.options().get(option));
    }

    private static void stream(String key, StreamConfig stream, Map<String, String> options) {
        options.put(key + ".class", stream.className());
        stream.options().forEach((name, text) -> options.put(key + "." + name.toLowerCase(Locale.ROOT), text));
    }
}

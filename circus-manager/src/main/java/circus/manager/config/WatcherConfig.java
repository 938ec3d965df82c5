package circus.manager.config;

import circus.message.PythonText;
import circus.options.Arguments;
import circus.options.OnSet;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One watcher, as its section and the environment sections describe it. Immutable; any thread may use it.
 *
 * @param options the values of {@link WatcherOptions}
 * @param environment the complete environment of its processes
 * @param extras keys that are no options of Circus, kept for plugins
 * @param limits of its processes by name, soft and hard; see {@link circus.options.ResourceLimits}
 * @param hooks by the points at which they are called: what the file has behind {@code hooks.NAME}, {@code SPEC[,FLAG]}
 * @param declared the texts as the file has them, where the value also depends on circusd's own environment: every variable of the
 *     environment sections ({@code env.NAME}), and options with a {@code $(circus.env.X)} in them. Only {@link #digest} reads it
 */
public record WatcherConfig(
        String name,
        OptionValues options,
        Map<String, String> environment,
        Map<String, String> extras,
        Optional<StreamConfig> stdout,
        Optional<StreamConfig> stderr,
        Map<String, Long> limits,
        Map<String, String> hooks,
        Map<String, String> declared) {

    /** A declaration of watchers that no section describes as such: what they are. No key of a file has a blank in it. */
    static final String MADE_BY_CIRCUSD = "made by circusd";

    /** The kinds of workers that are threads of circusd. */
    private static final Set<String> RESIDENT = Set.of(StatsWatcher.NAME, PluginWatcher.RESIDENT);

    /** The keys under which the {@code options} command shows the streams. */
    static final String STDOUT_STREAM_CONF = "stdout_stream_conf";

    static final String STDERR_STREAM_CONF = "stderr_stream_conf";

    static final String ENV_PREFIX = "env.";

    public WatcherConfig {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        extras = Collections.unmodifiableMap(new LinkedHashMap<>(extras));
        limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
        hooks = Collections.unmodifiableMap(new LinkedHashMap<>(hooks));
        declared = Collections.unmodifiableMap(new LinkedHashMap<>(declared));
    }

    /** A watcher that does not come from a file: its environment is what was declared. */
    public WatcherConfig(
            String name,
            OptionValues options,
            Map<String, String> environment,
            Map<String, String> extras,
            Optional<StreamConfig> stdout,
            Optional<StreamConfig> stderr) {
        this(name, options, environment, extras, stdout, stderr, Map.of(), declaredEnvironment(environment));
    }

    /** A watcher without hooks. */
    public WatcherConfig(
            String name,
            OptionValues options,
            Map<String, String> environment,
            Map<String, String> extras,
            Optional<StreamConfig> stdout,
            Optional<StreamConfig> stderr,
            Map<String, Long> limits,
            Map<String, String> declared) {
        this(name, options, environment, extras, stdout, stderr, limits, Map.of(), declared);
    }

    /** The declared form of variables, see {@link #declared}. */
    static Map<String, String> declaredEnvironment(Map<String, String> variables) {
        Map<String, String> declared = new LinkedHashMap<>();
        variables.forEach((name, text) -> declared.put(ENV_PREFIX + name, text));
        return declared;
    }

    /** The same watcher with one option changed. */
    public <T> WatcherConfig with(Option<T> option, T value) {
        Map<String, String> rest = new LinkedHashMap<>(declared);
        rest.remove(option.key());
        return new WatcherConfig(
                name, options.with(option, value), environment, extras, stdout, stderr, limits, hooks, rest);
    }

    /** The variables that the environment sections give, without what {@code copy_env} adds. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach((variable, value) -> {
            if (declared.containsKey(ENV_PREFIX + variable)) {
                variables.put(variable, value);
            }
        });
        return variables;
    }

    /** What {@code $(circus.NAME)} in the command refers to, in lower case: {@code wid}, {@code env.home}, {@code sockets.web}. */
    public Set<String> commandVariables() {
        Set<String> names = new LinkedHashSet<>(Variables.names(options.get(WatcherOptions.CMD)));
        for (Option<Arguments> option : List.of(WatcherOptions.ARGS, WatcherOptions.SHELL_ARGS)) {
            names.addAll(Variables.names(PythonText.str(option.type().toJson(options.get(option)))));
        }
        return names;
    }

    /** Whether its worker is a thread of circusd, and no process. */
    public boolean isResident() {
        return residentKind().isPresent();
    }

    /** What its worker is that is a thread of circusd; empty where it is a process. */
    public Optional<String> residentKind() {
        return Optional.ofNullable(declared.get(MADE_BY_CIRCUSD)).filter(RESIDENT::contains);
    }

    /** How to start a process of this watcher. */
    public CommandLine commandLine() {
        return new CommandLine(this);
    }

    /** The socket that is standard input of its processes, in lower case as sockets are called. */
    public Optional<String> stdinSocket() {
        return options.get(WatcherOptions.STDIN_SOCKET).map(name -> name.toLowerCase(Locale.ROOT));
    }

    /** The sockets that its processes are handed at their own numbers, in lower case; {@link #stdinSocket} is another matter. */
    public List<String> inheritedSockets() {
        return options.get(WatcherOptions.USE_SOCKETS) ? commandLine().sockets() : List.of();
    }

    /** The absolute directory in which processes start; a relative one counts from circusd's own. */
    public String workingDirectory() {
        return Path.of(options.get(WatcherOptions.WORKING_DIR).orElse(""))
                .toAbsolutePath()
                .toString();
    }

    /**
     * Identifies what a running process depends on, as hex digits: two configurations with the same digest need no restart. Covered are
     * the options whose change means a reload, the streams and the environment sections, all as declared: starting circusd in another
     * environment or directory changes nothing here. Options at their defaults leave no trace, so a version that knows more options
     * comes to the same digest.
     */
    public String digest() {
        SortedMap<String, String> covered = new TreeMap<>();
        for (Option<?> option : WatcherOptions.ALL) {
            if (isInDigest(option)) {
                cover(option, covered);
            }
        }
        stdout.ifPresent(stream -> cover(WatcherOptions.STDOUT_STREAM.prefix(), stream, covered));
        stderr.ifPresent(stream -> cover(WatcherOptions.STDERR_STREAM.prefix(), stream, covered));
        limits.forEach((limit, value) -> covered.put(WatcherOptions.RLIMIT.prefix() + limit, value.toString()));
        covered.putAll(declared);
        MessageDigest digest = sha256();
        covered.forEach((key, text) ->
                // Neither a key nor a text holds a NUL, so no two configurations run together.
                digest.update((key + "\0" + text + "\0").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    static boolean isInDigest(Option<?> option) {
        return option.onSet() == OnSet.RELOAD;
    }

    /**
     * Exactly what the {@code options} command answers: keys in order, values as JSON has them. What Circus's clients do not know is shown
     * where the section gives it.
     */
    public Map<String, @Nullable Object> report() {
        Map<String, @Nullable Object> report = new TreeMap<>(extras);
        for (Option<?> option : WatcherOptions.ALL) {
            if (!WatcherOptions.HIDDEN.contains(option)) {
                report(option, report);
            }
        }
        for (Option<?> option : WatcherOptions.SHOWN_IF_GIVEN) {
            if (options.isGiven(option)) {
                report(option, report);
            }
        }
        report.put(WatcherOptions.WORKING_DIR.key(), shownWorkingDirectory());
        report.put(WatcherOptions.ENV.key(), environment);
        report.put(STDOUT_STREAM_CONF, stdout.map(StreamConfig::report).orElse(Map.of()));
        report.put(STDERR_STREAM_CONF, stderr.map(StreamConfig::report).orElse(Map.of()));
        return report;
    }

    /** The same of a watcher from {@code add}, for which Circus has other defaults (contract/options.md, section 1). */
    public Map<String, @Nullable Object> reportAdded() {
        Map<String, @Nullable Object> report = report();
        if (environment.isEmpty()) {
            report.put(WatcherOptions.ENV.key(), null);
        }
        if (stdout.isEmpty()) {
            report.put(STDOUT_STREAM_CONF, null);
        }
        if (stderr.isEmpty()) {
            report.put(STDERR_STREAM_CONF, null);
        }
        if (!options.isGiven(WatcherOptions.WARMUP_DELAY)) {
            report.put(WatcherOptions.WARMUP_DELAY.key(), 0.0);
        }
        return report;
    }

    /** The working directory as it was given, else circusd's own. */
    String shownWorkingDirectory() {
        return options.get(WatcherOptions.WORKING_DIR).orElseGet(this::workingDirectory);
    }

    private <T> void report(Option<T> option, Map<String, @Nullable Object> report) {
        report.put(option.key(), option.type().toJson(options.get(option)));
    }

    private <T> void cover(Option<T> option, Map<String, String> covered) {
        T value = options.get(option);
        if (!value.equals(option.byDefault())) {
            covered.put(option.key(), PythonText.str(option.type().toJson(value)));
        }
    }

    private static void cover(String prefix, StreamConfig stream, Map<String, String> covered) {
        covered.put(prefix + "class", stream.className());
        stream.options().forEach((key, text) -> covered.put(prefix + key, text));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot work on a Java without SHA-256, which every Java has", e);
        }
    }
}

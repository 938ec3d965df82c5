package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.Support.EFFECTIVE;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The options of a {@code [plugin:NAME]} section: those of all plugins, and those of each that circusd brings along ({@link PluginClass}). */
public final class PluginOptions {
    public static final Option<String> USE = declare(
            "use",
            OptionTypes.TEXT,
            "",
            "What the plugin is: one that circusd brings along, a Java class, a Python class, or exec:/path/to/program.");

    public static final Option<Boolean> ACTIVE = declare(
            "active",
            OptionTypes.BOOLEAN,
            true,
            "Start it; with false it is there, stopped, until somebody starts it.");

    public static final Option<Boolean> PROCESS = declare(
            "process",
            OptionTypes.BOOLEAN,
            false,
            "Run a Java class as a process of its own (circus-plugin), not as a thread of circusd.");

    public static final Option<Double> HANG_TIMEOUT = declare(
            "hang_timeout",
            OptionTypes.PERIOD,
            60.0,
            "A plugin on a thread of circusd that is at one thing for so many seconds is given up and replaced.");

    public static final Option<Optional<String>> CURVE = declare(
            "curve",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            "With process = true, where circusd demands keys: the file with this plugin's, as circusctl --curve takes it.");

    /** What every section may have. The rest of what a watcher may have, it may have too, where it runs as a process. */
    public static final List<Option<?>> COMMON = List.of(USE, ACTIVE, PROCESS, HANG_TIMEOUT, CURVE);

    public static final Option<Integer> ATTEMPTS =
            declare("attempts", OptionTypes.INTEGER, 2, "So many deaths within the window are flapping; 0: none are.");

    public static final Option<Double> WINDOW = declare(
            "window",
            OptionTypes.SECONDS,
            1.0,
            "The time in which deaths are counted, in seconds; 5 s are added, as in Circus.");

    public static final Option<Double> RETRY_IN =
            declare("retry_in", OptionTypes.SECONDS, 7.0, "After so many seconds a stopped watcher is started again.");

    public static final Option<Integer> MAX_RETRY = declare(
            "max_retry",
            OptionTypes.INTEGER,
            5,
            "So often it is started again before it is stopped for good; -1: without end.");

    static final List<Option<?>> FLAPPING = List.of(ATTEMPTS, WINDOW, RETRY_IN, MAX_RETRY);

    public static final Option<Double> LOOP_RATE = declare(
            "loop_rate", OptionTypes.PERIOD, 60.0, "Seconds between two rounds; the first comes after one period.");

    public static final Option<String> WATCHERS_REGEX = declare(
            "watchers_regex",
            PluginTypes.EXPRESSION,
            ".*",
            "Which watchers are meant, by the beginning of their names: in lower case with _ for blanks, or as written.");

    public static final Option<String> MSG_REGEX = declare(
            "msg_regex",
            PluginTypes.EXPRESSION,
            "^(?P<pid>.*);(?P<timestamp>.*)$",
            "What a heartbeat looks like; its group pid is the process.");

    public static final Option<Integer> MAX_COUNT =
            declare("max_count", OptionTypes.INTEGER, 3, "How many rounds in a row something may be amiss.");

    public static final Option<String> IP =
            declare("ip", OptionTypes.TEXT, "127.0.0.1", "The address at which heartbeats are received.");

    public static final Option<Integer> HEARTBEAT_PORT =
            declare("port", OptionTypes.PORT, 1664, "The UDP port at which heartbeats are received.");

    public static final Option<Optional<Integer>> WATCHERS_STOP_SIGNAL = declare(
            "watchers_stop_signal",
            PluginTypes.OPTIONAL_SIGNAL,
            Optional.empty(),
            "The signal that ends a silent process; that of its watcher when not given.");

    public static final Option<Optional<Double>> WATCHERS_GRACEFUL_TIMEOUT = declare(
            "watchers_graceful_timeout",
            PluginTypes.OPTIONAL_SECONDS,
            Optional.empty(),
            "Seconds from that signal to SIGKILL; those of its watcher when not given.");

    static final List<Option<?>> WATCHDOG = List.of(
            LOOP_RATE,
            WATCHERS_REGEX,
            MSG_REGEX,
            MAX_COUNT,
            IP,
            HEARTBEAT_PORT,
            WATCHERS_STOP_SIGNAL,
            WATCHERS_GRACEFUL_TIMEOUT);

    public static final Option<String> HOST =
            declare("host", OptionTypes.TEXT, "localhost", "Where the statsd server is.");

    public static final Option<Integer> STATSD_PORT =
            declare("port", OptionTypes.PORT, 8125, "The UDP port of the statsd server.");

    public static final Option<String> APPLICATION_NAME = declare(
            "application_name", OptionTypes.TEXT, "app", "The second word of each metric: circus.NAME.watcher.…");

    public static final Option<Double> SAMPLE_RATE = declare(
            "sample_rate", PluginTypes.NUMBER, 1.0, "Is told with each metric; all of them are sent, whatever it is.");

    static final List<Option<?>> STATSD = List.of(HOST, STATSD_PORT, APPLICATION_NAME, SAMPLE_RATE);

    static final List<Option<?>> FULL_STATS = and(STATSD, LOOP_RATE);

    public static final Option<String> REDIS_APPLICATION_NAME =
            declare(APPLICATION_NAME.key(), OptionTypes.TEXT, "redis_observer", APPLICATION_NAME.doc());

    public static final Option<RedisAddress> REDIS_URL = declare(
            "redis_url",
            PluginTypes.REDIS,
            new RedisAddress(
                    "redis://localhost:6379/0",
                    false,
                    "localhost",
                    6379,
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    Optional.empty()),
            "The Redis server: redis://[[USER]:PASSWORD@]HOST:PORT/DATABASE, rediss://… for TLS, or unix:///PATH.");

    public static final Option<Double> REDIS_TIMEOUT =
            declare("timeout", OptionTypes.PERIOD, 5.0, "Seconds in which it must answer.");

    public static final Option<Optional<String>> RESTART_ON_TIMEOUT = declare(
            "restart_on_timeout",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            "The watcher that is restarted when it does not answer.");

    static final List<Option<?>> REDIS_OBSERVER = List.of(
            HOST,
            STATSD_PORT,
            REDIS_APPLICATION_NAME,
            SAMPLE_RATE,
            LOOP_RATE,
            REDIS_URL,
            REDIS_TIMEOUT,
            RESTART_ON_TIMEOUT);

    public static final Option<String> HTTP_APPLICATION_NAME =
            declare(APPLICATION_NAME.key(), OptionTypes.TEXT, "http_observer", APPLICATION_NAME.doc());

    public static final Option<URI> CHECK_URL =
            declare("check_url", PluginTypes.PAGE, URI.create("http://localhost/"), "What is fetched.");

    public static final Option<Double> HTTP_TIMEOUT =
            declare("timeout", OptionTypes.PERIOD, 10.0, "Seconds in which it must be there.");

    public static final Option<Optional<String>> RESTART_ON_ERROR = declare(
            "restart_on_error",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            "The watcher that is restarted when it cannot be fetched.");

    static final List<Option<?>> HTTP_OBSERVER = List.of(
            HOST,
            STATSD_PORT,
            HTTP_APPLICATION_NAME,
            SAMPLE_RATE,
            LOOP_RATE,
            CHECK_URL,
            HTTP_TIMEOUT,
            RESTART_ON_ERROR);

    public static final Option<Optional<String>> WATCHER = declare(
            "watcher", OptionTypes.OPTIONAL_TEXT, Optional.empty(), "The watcher that is looked after; required.");

    public static final Option<Optional<String>> SERVICE =
            declare("service", OptionTypes.OPTIONAL_TEXT, Optional.empty(), "An old name of watcher.");

    public static final Option<Double> MAX_CPU = declare(
            "max_cpu",
            PluginTypes.NUMBER,
            90.0,
            "Too much, when one of its processes uses more percent of a processor; 0: no matter.");

    public static final Option<Optional<Double>> MIN_CPU = declare(
            "min_cpu", PluginTypes.OPTIONAL_NUMBER, Optional.empty(), "Too little, when one uses no more percent.");

    public static final Option<MemoryBound> MAX_MEM = declare(
            "max_mem",
            PluginTypes.MEMORY,
            new MemoryBound(90, true),
            "Too much, when one uses more memory, as percent or with a unit; 0: no matter.");

    public static final Option<Optional<MemoryBound>> MIN_MEM = declare(
            "min_mem",
            PluginTypes.OPTIONAL_MEMORY,
            Optional.empty(),
            "Too little, when one uses less, as percent or with a unit.");

    public static final Option<Double> HEALTH_THRESHOLD = declare(
            "health_threshold",
            PluginTypes.NUMBER,
            75.0,
            "Too much, when the mean of the greatest cpu and memory percentages is above; 0: no matter.");

    public static final Option<Boolean> PROCESS_CHILDREN =
            declare("process_children", OptionTypes.BOOLEAN, false, "Look after each child of its processes, too.");

    public static final Option<Integer> CHILD_SIGNAL = declare(
            "child_signal", OptionTypes.SIGNAL, 15, "What a child is sent of which something is amiss for too long.");

    static final List<Option<?>> RESOURCE_WATCHER = and(
            STATSD,
            LOOP_RATE,
            WATCHER,
            SERVICE,
            MAX_CPU,
            MIN_CPU,
            MAX_MEM,
            MIN_MEM,
            HEALTH_THRESHOLD,
            MAX_COUNT,
            PROCESS_CHILDREN,
            CHILD_SIGNAL);

    public static final Option<Double> RELOADER_LOOP_RATE =
            declare(LOOP_RATE.key(), OptionTypes.PERIOD, 1.0, LOOP_RATE.doc());

    static final List<Option<?>> COMMAND_RELOADER = List.of(RELOADER_LOOP_RATE);

    private PluginOptions() {}

    private static <T> Option<T> declare(String key, OptionType<T> type, T byDefault, String doc) {
        return new Option<>(key, type, byDefault, NOTHING, EFFECTIVE, doc);
    }

    private static List<Option<?>> and(List<Option<?>> some, Option<?>... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    /** The value of {@link #WATCHERS_REGEX} or {@link #MSG_REGEX}, which are in the spelling of Python. */
    public static Pattern pattern(String expression) {
        return PluginTypes.pattern(expression);
    }
}

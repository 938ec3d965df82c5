package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.StreamClass.FANCY;
import static circus.options.StreamClass.FILE;
import static circus.options.StreamClass.JSON;
import static circus.options.StreamClass.SYSLOG;
import static circus.options.StreamClass.TIMED;
import static circus.options.StreamClass.WATCHED;
import static circus.options.Support.EFFECTIVE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What may follow {@code stdout_stream.} and {@code stderr_stream.} in the key of a watcher's option. */
public final class StreamOptions {
    /** In the order of their declaration, with the classes that they have an effect on. */
    private static final Map<String, Declared> DECLARED = new LinkedHashMap<>();

    private record Declared(Option<?> option, Set<StreamClass> classes) {}

    private static final StreamClass[] FILES = {FILE, TIMED, WATCHED, JSON};

    public static final Option<Optional<String>> CLASS = declare(
            new Option<>(
                            "class",
                            OptionTypes.OPTIONAL_TEXT,
                            Optional.empty(),
                            NOTHING,
                            EFFECTIVE,
                            StreamClass.names()
                                    + ", or a class of yours in Java or Python; FileStream when there is a filename.")
                    .reaching(Reach.CIRCUSD),
            StreamClass.values());

    public static final Option<Optional<String>> FILENAME = declare(
            new Option<>(
                            "filename",
                            OptionTypes.OPTIONAL_TEXT,
                            Optional.empty(),
                            NOTHING,
                            EFFECTIVE,
                            "The file; a relative name is counted from circusd's directory.")
                    .reaching(Reach.CIRCUSD),
            FILES);

    public static final Option<Optional<String>> TIME_FORMAT = declare(
            new Option<>(
                    "time_format",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "The time in front of each line, or in its JSON, in the notation of strftime; with the pid behind it unless there is a"
                            + " prefix."),
            StreamClass.values());

    public static final Option<List<String>> PREFIX = declare(
            new Option<>(
                    "prefix",
                    StreamTypes.PREFIX,
                    List.of(),
                    NOTHING,
                    EFFECTIVE,
                    "What stands in brackets in front of each line: any of watcher, wid, pid."),
            FILE,
            TIMED,
            WATCHED,
            StreamClass.STDOUT,
            FANCY,
            SYSLOG);

    public static final Option<Long> MAX_BYTES = declare(
            new Option<>(
                    "max_bytes",
                    StreamTypes.SIZE,
                    0L,
                    NOTHING,
                    EFFECTIVE,
                    "The size that a file stays below by being rotated; 0: it grows."),
            FILE,
            JSON);

    public static final Option<Integer> BACKUP_COUNT = declare(
            new Option<>(
                    "backup_count",
                    StreamTypes.COUNT,
                    0,
                    NOTHING,
                    EFFECTIVE,
                    "How many rotated files are kept; 0: none of those that are rotated by size, all of those that are rotated by time."),
            FILE,
            TIMED,
            JSON);

    public static final Option<Optional<RotateWhen>> ROTATE_WHEN = declare(
            new Option<>(
                    "rotate_when",
                    StreamTypes.ROTATE_WHEN,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "After what a file is rotated: S, M, H, D, MIDNIGHT, or the end of a day of the week, W0 (Monday) to W6."),
            TIMED,
            JSON);

    public static final Option<Integer> ROTATE_INTERVAL = declare(
            new Option<>(
                    "rotate_interval",
                    StreamTypes.INTERVAL,
                    1,
                    NOTHING,
                    EFFECTIVE,
                    "After how many of those seconds, minutes, hours or days."),
            TIMED,
            JSON);

    public static final Option<Boolean> UTC = declare(
            new Option<>(
                    "utc",
                    OptionTypes.BOOLEAN,
                    false,
                    NOTHING,
                    EFFECTIVE,
                    "Whether midnights are those of universal time, and rotated files are named by it."),
            TIMED,
            JSON);

    public static final Option<Boolean> COMPRESS = declare(
            new Option<>(
                    "compress",
                    OptionTypes.BOOLEAN,
                    false,
                    NOTHING,
                    EFFECTIVE,
                    "Whether rotated files are compressed (gzip), in the background."),
            FILE,
            TIMED,
            JSON);

    public static final Option<Optional<Integer>> FILE_MODE = declare(
            new Option<>(
                            "file_mode",
                            StreamTypes.FILE_MODE,
                            Optional.empty(),
                            NOTHING,
                            EFFECTIVE,
                            "The mode of files that are made, as in chmod; else what circusd's umask leaves of 666.")
                    .reaching(Reach.CIRCUSD),
            FILES);

    public static final Option<Optional<String>> COLOR = declare(
            new Option<>(
                    "color",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "On a terminal: red, green, yellow, blue, magenta, cyan or white; else one that goes with the watcher's name."),
            FANCY);

    public static final Option<Optional<String>> ADDRESS = declare(
            new Option<>(
                            "address",
                            StreamTypes.SYSLOG_ADDRESS,
                            Optional.empty(),
                            NOTHING,
                            EFFECTIVE,
                            "A syslog: udp://HOST:PORT or tcp://HOST:PORT (RFC 5424), or the path of a local one's socket; else /dev/log.")
                    .reaching(Reach.CIRCUSD),
            SYSLOG);

    public static final Option<String> FACILITY = declare(
            new Option<>(
                    "facility",
                    StreamTypes.FACILITY,
                    "daemon",
                    NOTHING,
                    EFFECTIVE,
                    "The facility of messages: daemon, user, local0 to local7 and the others of syslog."),
            SYSLOG);

    public static final Option<Optional<String>> TAG = declare(
            new Option<>(
                    "tag",
                    StreamTypes.TAG,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "The name of the program that syslog is told; else the watcher's."),
            SYSLOG);

    public static final Option<String> OVERFLOW = declare(
            new Option<>(
                    "overflow",
                    StreamTypes.OVERFLOW,
                    "drop",
                    NOTHING,
                    EFFECTIVE,
                    "When nothing more can be held of what cannot be written: drop the oldest bytes and count them, or block the worker."),
            StreamClass.values());

    public static final Option<Double> OVERFLOW_AFTER = declare(
            new Option<>(
                    "overflow_after",
                    OptionTypes.SECONDS,
                    5.0,
                    NOTHING,
                    EFFECTIVE,
                    "For how many seconds a worker waits before bytes are dropped."),
            StreamClass.values());

    public static final List<Option<?>> ALL =
            DECLARED.values().stream().<Option<?>>map(Declared::option).toList();

    private StreamOptions() {}

    private static <T> Option<T> declare(Option<T> option, StreamClass... classes) {
        DECLARED.put(option.key(), new Declared(option, Set.of(classes)));
        return option;
    }

    /** The option of this key. */
    public static Optional<Option<?>> find(String key) {
        return Optional.ofNullable(DECLARED.get(key)).map(Declared::option);
    }

    /** The classes that an option of this key has an effect on, in no order; none if there is no such option. */
    public static Set<StreamClass> classes(String key) {
        Declared declared = DECLARED.get(key);
        return declared == null ? Set.of() : declared.classes();
    }

    /** Whether a number is wanted: what {@code circusctl} sends as one. */
    static boolean isNumber(String key) {
        return List.of(MAX_BYTES, BACKUP_COUNT, ROTATE_INTERVAL).stream()
                .anyMatch(option -> option.key().equals(key));
    }
}

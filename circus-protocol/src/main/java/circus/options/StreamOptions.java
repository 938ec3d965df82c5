package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.Support.EFFECTIVE;
import static circus.options.Support.WITHOUT_EFFECT;

import java.util.List;
import java.util.Optional;

/** What may follow {@code stdout_stream.} and {@code stderr_stream.} in the key of a watcher's option. */
public final class StreamOptions {
    /** The stream that appends to a file; the one meant when only a file name is given. */
    public static final String FILE_STREAM = "FileStream";

    /** The stream that writes to circusd's own stdout. */
    public static final String STDOUT_STREAM = "StdoutStream";

    /** The classes that this version has. */
    public static final List<String> CLASSES = List.of(FILE_STREAM, STDOUT_STREAM);

    public static final Option<Optional<String>> CLASS = new Option<>(
                    "class",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "FileStream or StdoutStream; FileStream when there is a filename.")
            .reaching(Reach.CIRCUSD);

    public static final Option<Optional<String>> FILENAME = new Option<>(
                    "filename",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    NOTHING,
                    EFFECTIVE,
                    "The file of a FileStream.")
            .reaching(Reach.CIRCUSD);

    public static final Option<Optional<String>> TIME_FORMAT = new Option<>(
            "time_format",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "Put this time and the process id in front of each line, in the notation of strftime.");

    public static final Option<Integer> MAX_BYTES = new Option<>(
            "max_bytes",
            OptionTypes.INTEGER,
            0,
            NOTHING,
            WITHOUT_EFFECT,
            "The size at which a file is rotated; 0 means never.");

    public static final Option<Integer> BACKUP_COUNT = new Option<>(
            "backup_count", OptionTypes.INTEGER, 0, NOTHING, WITHOUT_EFFECT, "How many rotated files are kept.");

    public static final Option<Optional<String>> ROTATE_WHEN = new Option<>(
            "rotate_when",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "The unit of time after which a TimedRotatingFileStream rotates.");

    public static final Option<Integer> ROTATE_INTERVAL = new Option<>(
            "rotate_interval",
            OptionTypes.INTEGER,
            1,
            NOTHING,
            WITHOUT_EFFECT,
            "After how many of those units it rotates.");

    public static final Option<Optional<String>> UTC = new Option<>(
            "utc",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "Name the files of a TimedRotatingFileStream by universal time.");

    public static final Option<Optional<String>> COLOR = new Option<>(
            "color",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "The colour of a FancyStdoutStream.");

    public static final List<Option<?>> ALL =
            List.of(CLASS, FILENAME, TIME_FORMAT, MAX_BYTES, BACKUP_COUNT, ROTATE_WHEN, ROTATE_INTERVAL, UTC, COLOR);

    private StreamOptions() {}
}

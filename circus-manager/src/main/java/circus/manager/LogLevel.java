package circus.manager;

import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;

/** What {@code --log-level} takes, and the words in the log. */
enum LogLevel {
    CRITICAL(Level.OFF),
    ERROR(Level.ERROR),
    WARNING(Level.WARNING),
    INFO(Level.INFO),
    DEBUG(Level.DEBUG);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }

    /** Lower or all upper case, as Circus takes it. */
    static Optional<LogLevel> parse(String text) {
        for (LogLevel each : values()) {
            if (text.equals(each.name()) || text.equals(each.name().toLowerCase(Locale.ROOT))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** The word for a message of this level. */
    static String word(Level level) {
        return switch (level) {
            case OFF -> "CRITICAL";
            case ERROR, WARNING, INFO, DEBUG -> level.name();
            case ALL, TRACE -> "DEBUG";
        };
    }
}

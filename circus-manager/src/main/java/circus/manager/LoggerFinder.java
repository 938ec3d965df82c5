package circus.manager;

import circus.manager.audit.OwnLog;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Has all of {@link System.Logger} end in {@link DaemonLog}, without java.util.logging, which would take its time at every start. It is
 * registered in a jar of its own ({@code lib/circusd/circusd-log.jar}), which only circusd, circusd-stats and circus-plugin have on their
 * class path: a program that embeds a manager decides itself where its log goes.
 */
public final class LoggerFinder extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new DaemonLogger(name);
    }

    private record DaemonLogger(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return name.equals(OwnLog.NAME) || DaemonLog.get().isLoggable(level);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            DaemonLog.get().log(level, String.valueOf(message), thrown);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            if (isLoggable(level)) {
                boolean plain = values == null || values.length == 0;
                String message = plain ? String.valueOf(format) : MessageFormat.format(String.valueOf(format), values);
                DaemonLog.get().logAlways(level, message, null);
            }
        }
    }
}

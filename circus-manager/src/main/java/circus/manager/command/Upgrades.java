package circus.manager.command;

import circus.message.CommandException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One program in the place of another, as commands see it. Called on circus-loop only; nothing here waits. */
public interface Upgrades {
    /**
     * What is wanted.
     *
     * @param kernel papa is to be replaced, and not circusd
     * @param home the installation to take; empty for the one that runs, as it is on disk now
     * @param limit for all that comes before the hand-over
     * @param probation how long the former circusd can take everything back
     * @param apply the new one may change what runs, as its plan says
     */
    record Wish(boolean kernel, Optional<Path> home, Duration limit, Duration probation, boolean apply) {}

    /** Begins; what comes of it is told by {@link #report}. */
    void begin(Wish wish) throws CommandException;

    /**
     * How the latest one goes.
     *
     * @param since how many of its steps are known already
     */
    Map<String, @Nullable Object> report(long since);

    /** What runs, and what is installed; told once, on circus-loop. */
    void versions(Consumer<Map<String, @Nullable Object>> told);

    /** Where nothing can be replaced. */
    Upgrades NONE = new Upgrades() {
        @Override
        public void begin(Wish wish) throws CommandException {
            throw CommandException.invalid("cannot upgrade: nothing here can be replaced");
        }

        @Override
        public Map<String, @Nullable Object> report(long since) {
            return Map.of();
        }

        @Override
        public void versions(Consumer<Map<String, @Nullable Object>> told) {
            told.accept(Map.of());
        }
    };
}

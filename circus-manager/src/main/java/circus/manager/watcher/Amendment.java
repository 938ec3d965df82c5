package circus.manager.watcher;

import circus.manager.config.Amendments;
import circus.message.CommandException;
import circus.options.OnSet;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code set} command comes to, checked as a whole: all of its options can be changed, or none is. Immutable.
 *
 * @param definition the watcher's, with the new values
 * @param numprocesses the number of workers, where it is among the options
 * @param reloads running processes depend on one of the options
 */
record Amendment(Definition definition, Optional<Integer> numprocesses, boolean reloads) {
    /** @throws CommandException if one of the options is unknown, or its value is none; in Circus's words */
    static Amendment of(Definition before, Map<String, @Nullable Object> options, Amendments amendments)
            throws CommandException {
        Optional<Integer> numprocesses = Optional.ofNullable(options.get(WatcherOptions.NUMPROCESSES.key()))
                .filter(Number.class::isInstance)
                .map(number -> (int) Math.max(0, Math.min(Integer.MAX_VALUE, ((Number) number).longValue())));
        return new Amendment(
                before.with(options, amendments), numprocesses, Amendments.action(options.keySet()) == OnSet.RELOAD);
    }
}

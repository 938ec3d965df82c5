package circus.plugins;

import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.PluginOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What counts as flapping of one watcher, and what is done about it. A value.
 *
 * @param attempts so many deaths; with less than one nothing is flapping
 * @param window in so many seconds, and {@link #ALLOWANCE} more
 * @param retryIn seconds until it is started again
 * @param maxRetry so often; below zero without end
 * @param active whether it is watched at all
 */
record FlappingRules(int attempts, double window, double retryIn, int maxRetry, boolean active) {
    /** Before the keys in a watcher's section that count there instead of the plugin's own. */
    static final String PREFIX = "flapping.";

    /**
     * Seconds by which Circus takes a window to be longer: it finds processes dead in rounds, and leaves the time of a round out of account.
     * Files that were written for it count on that.
     */
    static final double ALLOWANCE = 5;

    /** Tries are not counted together after so many seconds, or after twice the window where that is longer. */
    private static final double QUIET = 60;

    private static final List<Option<?>> OVERRIDES = List.of(
            PluginOptions.ATTEMPTS,
            PluginOptions.WINDOW,
            PluginOptions.RETRY_IN,
            PluginOptions.MAX_RETRY,
            PluginOptions.ACTIVE);

    /** Those of the plugin's own section, which hold for all watchers. */
    static FlappingRules of(OptionValues section) {
        return new FlappingRules(
                section.get(PluginOptions.ATTEMPTS),
                section.get(PluginOptions.WINDOW),
                section.get(PluginOptions.RETRY_IN),
                section.get(PluginOptions.MAX_RETRY),
                true);
    }

    /**
     * Those of one watcher. What is not respawned is not watched, since it dies but once.
     *
     * @param options what circusd says of the watcher's options
     * @param mistakes told what cannot be used, and is left as the plugin's own section has it
     */
    FlappingRules in(Map<?, ?> options, Consumer<String> mistakes) {
        OptionValues own = OptionValues.NONE;
        for (Option<?> option : OVERRIDES) {
            Object value = options.get(PREFIX + option.key());
            if (value != null) {
                own = with(own, option, PythonText.str(value), mistakes);
            }
        }
        return new FlappingRules(
                given(own, PluginOptions.ATTEMPTS).orElse(attempts),
                given(own, PluginOptions.WINDOW).orElse(window),
                given(own, PluginOptions.RETRY_IN).orElse(retryIn),
                given(own, PluginOptions.MAX_RETRY).orElse(maxRetry),
                given(own, PluginOptions.ACTIVE).orElse(active) && !Boolean.FALSE.equals(options.get("respawn")));
    }

    private static <T> OptionValues with(OptionValues own, Option<T> option, String text, Consumer<String> mistakes) {
        try {
            return own.with(option, option.type().parse(text));
        } catch (BadValueException mistake) {
            mistakes.accept(PREFIX + option.key() + " = " + text + ": " + mistake.getMessage());
            return own;
        }
    }

    private static <T> Optional<T> given(OptionValues own, Option<T> option) {
        return own.isGiven(option) ? Optional.of(own.get(option)) : Optional.empty();
    }

    /** The longest time, in seconds, that so many deaths may take to be flapping. */
    double span() {
        return window + ALLOWANCE;
    }

    /** Who has not flapped for so many seconds since it was started again begins with its first try. */
    double quiet() {
        return Math.max(QUIET, 2 * span());
    }
}

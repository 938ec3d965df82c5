package circus.manager.config;

import circus.options.CircusOptions;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;

/**
 * The watcher {@value #NAME}, which is there where {@code statsd = true}. Circus runs a program for it; here its worker is a thread of
 * circusd ({@link circus.manager.resident.Residents}), and the command only says what that program would be told.
 */
public final class StatsWatcher {
    public static final String NAME = "circusd-stats";

    /** Marks the one that we make: somebody may have a watcher of this name that runs a program. */
    private static final Map<String, String> MARK = Map.of(WatcherConfig.MADE_BY_CIRCUSD, NAME);

    private StatsWatcher() {}

    /** Where statistics are published: what the option says, unless that is nothing. */
    public static String endpoint(OptionValues circus) {
        String given = circus.get(CircusOptions.STATS_ENDPOINT).strip();
        return given.isEmpty() ? CircusOptions.STATS_ENDPOINT.byDefault() : given;
    }

    static Optional<WatcherConfig> of(OptionValues circus) {
        if (!circus.get(CircusOptions.STATSD)) {
            return Optional.empty();
        }
        String command = NAME
                + " --endpoint " + circus.get(CircusOptions.ENDPOINT)
                + " --pubsub " + circus.get(CircusOptions.PUBSUB_ENDPOINT)
                + " --statspoint " + endpoint(circus);
        OptionValues options = OptionValues.NONE
                .with(WatcherOptions.CMD, command)
                .with(WatcherOptions.SINGLETON, true)
                .with(WatcherOptions.USE_SOCKETS, true);
        return Optional.of(new WatcherConfig(
                NAME, options, Map.of(), Map.of(), Optional.empty(), Optional.empty(), Map.of(), MARK));
    }
}

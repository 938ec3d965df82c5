package circus.options;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The plugins that circusd brings along: what {@code use} calls them, and what their sections may say. */
public enum PluginClass {
    FLAPPING(
            "Flapping",
            "circus.plugins.flapping.Flapping",
            "stops a watcher whose processes die too often, and tries again later",
            PluginOptions.FLAPPING),
    WATCHDOG(
            "WatchDog",
            "circus.plugins.watchdog.WatchDog",
            "ends processes that send no heartbeat any more",
            PluginOptions.WATCHDOG),
    RESOURCE_WATCHER(
            "ResourceWatcher",
            "circus.plugins.resource_watcher.ResourceWatcher",
            "restarts a watcher that uses too much or too little",
            PluginOptions.RESOURCE_WATCHER),
    COMMAND_RELOADER(
            "CommandReloader",
            "circus.plugins.command_reloader.CommandReloader",
            "restarts a watcher when the file of its command has changed",
            PluginOptions.COMMAND_RELOADER),
    STATSD_EMITTER(
            "StatsdEmitter", "circus.plugins.statsd.StatsdEmitter", "counts events in statsd", PluginOptions.STATSD),
    FULL_STATS(
            "FullStats",
            "circus.plugins.statsd.FullStats",
            "tells statsd what each watcher uses",
            PluginOptions.FULL_STATS),
    REDIS_OBSERVER(
            "RedisObserver",
            "circus.plugins.redis_observer.RedisObserver",
            "tells statsd how a Redis server is, and restarts its watcher when it does not answer",
            PluginOptions.REDIS_OBSERVER),
    HTTP_OBSERVER(
            "HttpObserver",
            "circus.plugins.http_observer.HttpObserver",
            "tells statsd how long a page takes, and restarts its watcher when there is none",
            PluginOptions.HTTP_OBSERVER);

    private final String title;
    private final String circusName;
    private final String doc;
    private final List<Option<?>> options;

    PluginClass(String title, String circusName, String doc, List<Option<?>> options) {
        this.title = title;
        this.circusName = circusName;
        this.doc = doc;
        this.options = List.copyOf(options);
    }

    /** Its name, and that of its class. */
    public String title() {
        return title;
    }

    /** What Circus calls it; a file may say that as well. */
    public String circusName() {
        return circusName;
    }

    /** What it does, as the end of a sentence. */
    public String doc() {
        return doc;
    }

    /** Its own options. */
    public List<Option<?>> options() {
        return options;
    }

    /** By either of its names, in their case; also as early versions of Circus called some: {@code circus.plugins._statsd}. */
    public static Optional<PluginClass> find(String use) {
        String today = use.replace("circus.plugins._", "circus.plugins.");
        return Arrays.stream(values())
                .filter(each -> each.title.equals(use) || each.circusName.equals(today))
                .findFirst();
    }

    /** The titles of all of them, for people. */
    public static String names() {
        return Arrays.stream(values()).map(PluginClass::title).collect(Collectors.joining(", "));
    }

    /** Its options out of the texts of a section, or of a command line; what is none of them is passed over. */
    public OptionValues read(Map<String, String> texts) throws BadValueException {
        OptionValues values = OptionValues.NONE;
        for (Option<?> option : options) {
            String text = texts.get(option.key());
            if (text != null) {
                values = with(values, option, text);
            }
        }
        return values;
    }

    private static <T> OptionValues with(OptionValues values, Option<T> option, String text) throws BadValueException {
        try {
            return values.with(option, option.type().parse(text));
        } catch (BadValueException wrong) {
            throw new BadValueException("cannot use " + option.key() + " = " + text + ": " + wrong.getMessage());
        }
    }
}

package circus.plugin;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Plugin} has of circusd. All of it but {@link #execute} and {@link PluginTimer#cancel} is for the plugin's own thread. Its
 * commands wait for their turn: none is refused because something else is under way.
 */
public interface PluginContext {
    /** The name of its watcher, {@code plugin:NAME}. */
    String name();

    /** The options of its section but {@code use}, as they stand there. */
    Map<String, String> config();

    /**
     * Gives circusd a command and waits for the answer, without limit as long as circusd is there.
     *
     * @param properties texts, numbers, booleans, null, lists and maps with texts as keys
     * @return the answer as decoded from JSON: {@code status} is {@code ok}, or {@code error} with a {@code reason}
     * @throws PluginCallException when there will be no answer
     * @throws InterruptedException the plugin is to end; let it through
     */
    Map<String, @Nullable Object> call(String command, Map<String, ?> properties)
            throws PluginCallException, InterruptedException;

    /** Gives circusd a command that is carried out as soon as it can be. Does not wait; what it was refused for is in circusd's log. */
    void cast(String command, Map<String, ?> properties);

    /**
     * Has something done again and again, the first time after one period. A turn that comes late is not made up for.
     *
     * @param period above zero
     */
    PluginTimer every(Duration period, PluginTask task);

    /** Has something done once, later. */
    PluginTimer after(Duration delay, PluginTask task);

    /** Has something done on the plugin's thread, after what waits already: for threads that the plugin has started. Any thread. */
    void execute(PluginTask task);
}

package circus.plugin;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Plugin} has of circusd. All of it but {@link #execute} and {@link PluginTimer#cancel} is for the plugin's own thread. Its
 * commands wait for their turn: none is refused because something else is under way.
 */
public interface PluginContext {
    /** So many bytes may be remembered, as JSON has the text: a letter beyond ASCII takes six or twelve, a newline two. */
    int MOST_REMEMBERED = 64 * 1024;

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
     * Keeps a text, in place of the one before, for the plugin that comes after this one: when it has ended by itself or was restarted, and
     * also when circusd was killed, upgraded or started anew, or the machine was. It is forgotten when the plugin's section goes or it is
     * removed, by {@code circusd --fresh}, and by a quit after which nothing is left. All plugins together may have 1 MiB remembered; what is
     * beyond is not until there is room, and circusd's log says so.
     *
     * <p>Does not wait. It holds within moments, and before any command that is given after this; what {@link Plugin#stop} says is too late.
     * It is written to disk each time it changes, so it is for what changes now and then.
     *
     * <p>A plugin in a process of its own outlives circusd: what it remembers is kept as long as its process, and no longer.
     *
     * @param text empty for nothing
     * @throws IllegalArgumentException when it is longer than {@link #MOST_REMEMBERED}; what was remembered before stays
     */
    void remember(String text);

    /**
     * What was remembered last, by this plugin or the one before it; empty for nothing. It may be of another version of the class, or of
     * another class that the section has named before.
     */
    String remembered();

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

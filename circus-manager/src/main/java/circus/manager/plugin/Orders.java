package circus.manager.plugin;

import circus.plugin.PluginCallException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the commands of a plugin reach circusd. Called on the plugin's thread. */
public interface Orders {
    /** Waits for the answer; see {@link circus.plugin.PluginContext#call}. */
    Map<String, @Nullable Object> call(String command, Map<String, ?> properties)
            throws PluginCallException, InterruptedException;

    /** Does not wait for anything. */
    void cast(String command, Map<String, ?> properties);
}

package circus.manager.plugin;

import circus.manager.config.WatcherConfig;
import java.io.IOException;
import java.util.List;

/** How a plugin that is a process is started by this circusd, wherever that is installed: its configuration does not say. */
public interface PluginCommandLine {
    /**
     * @param declared what the configuration says
     * @throws IOException what is needed for it is not there
     */
    List<String> of(WatcherConfig plugin, List<String> declared) throws IOException;
}

package circus.manager.plugin;

import circus.manager.config.WatcherConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** How a plugin that is a process is started by this circusd, wherever that is installed: its configuration does not say. */
public interface PluginCommandLine {
    /**
     * A process.
     *
     * @param environment in addition to what the configuration says: not to be seen by others, as arguments are
     */
    record Start(List<String> argv, Map<String, String> environment) {
        public Start {
            argv = List.copyOf(argv);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * @param declared what the configuration says
     * @throws IOException what is needed for it is not there
     */
    Start of(WatcherConfig plugin, List<String> declared) throws IOException;
}

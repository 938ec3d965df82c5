package circus.plugin;

/** Something to be done on a plugin's thread. */
@FunctionalInterface
public interface PluginTask {
    /** What it throws ends the plugin. */
    void run() throws Exception;
}

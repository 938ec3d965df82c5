package circus.manager.extension;

import circus.plugin.Plugin;

/** Where a plugin comes from. Any thread. */
@FunctionalInterface
public interface PluginSource {
    /** A new one; runs code of its author. */
    Plugin make() throws Exception;
}

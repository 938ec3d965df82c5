/**
 * Runs plugins: on a thread of circusd ({@link circus.manager.plugin.PluginThread}), or as a process to which lines of JSON are spoken. What
 * a plugin is made of is in {@link circus.plugin}; those that circusd brings along are in {@code circus.plugins}.
 */
@NullMarked
package circus.manager.plugin;

import org.jspecify.annotations.NullMarked;

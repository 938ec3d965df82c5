/**
 * What plugins in Java are written against: {@link Plugin}, {@link PluginContext}. Nothing of circusd is needed but this package. The same
 * class runs on a thread of circusd, or as a process of its own.
 */
@NullMarked
package circus.plugin;

import org.jspecify.annotations.NullMarked;

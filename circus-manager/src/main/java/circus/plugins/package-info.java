/**
 * The plugins that circusd brings along; what they are called and take is declared in {@link circus.options.PluginClass}. They are written
 * against {@link circus.plugin} as anybody's are, and know nothing of circusd's inside.
 */
@NullMarked
package circus.plugins;

import org.jspecify.annotations.NullMarked;

/**
 * {@code papa --init}: papa as the first process of a container, or anywhere, with a manager that it starts, passes signals
 * on to, and starts again. Uses what is below the kernel, which it reaches through {@link papa.init.Host}; loop thread.
 */
@NullMarked
package papa.init;

import org.jspecify.annotations.NullMarked;

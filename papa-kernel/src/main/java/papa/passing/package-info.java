/**
 * Descriptors on their way from one process to another: from a manager to its successor, from a kernel to its manager and back. Used by
 * managers; native code is loaded when something of it is used for the first time, and not before.
 */
@NullMarked
package papa.passing;

import org.jspecify.annotations.NullMarked;

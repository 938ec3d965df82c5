/**
 * Runs hooks, in Java and as programs, on threads of their own and with a time limit. Asked on circus-loop, and answers there; what a hook
 * is and which there are is {@link circus.hook}'s affair, what follows from an answer the watcher's.
 */
@NullMarked
package circus.manager.hook;

import org.jspecify.annotations.NullMarked;

/**
 * How a request is read and answered, whatever it is about: its options, its patterns of names, the reply and the refusal. It
 * stands on the wire's words alone, and all of the kernel may use it. Values and pure functions, for any thread, but for a
 * {@link papa.request.Reply}: that is the loop's.
 */
@NullMarked
package papa.request;

import org.jspecify.annotations.NullMarked;

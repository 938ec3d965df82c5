/**
 * Sockets that the kernel holds for processes: what is asked for, how it is opened, what they are called, and those that are
 * held. Who launches hands them over, requests make and remove them. {@link papa.socket.Sockets} belongs to the loop's thread;
 * what looks up hosts or touches files is done on the opener's own thread.
 */
@NullMarked
package papa.socket;

import org.jspecify.annotations.NullMarked;

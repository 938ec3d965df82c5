/**
 * What every part of the kernel runs on: the one thread that owns its state ({@link papa.loop.EventLoop}), long work cut into
 * chores for it, its log, its time, and the signals that the kernel itself gets. All of the kernel may use it. What another
 * thread has for the loop goes through {@code EventLoop.post}; {@link papa.loop.Log} and {@link papa.loop.Micros} are for any
 * thread.
 */
@NullMarked
package papa.loop;

import org.jspecify.annotations.NullMarked;

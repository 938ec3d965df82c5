/**
 * From what a process is to be to a child that runs it, or to the stage at which that failed. {@link papa.launch.Spawner} is
 * the way in, on the loop's thread; the launching itself, and the gate that a child waits at while it is set up from outside,
 * have threads of their own, for an exec may hang. Nothing in here knows what becomes of a process afterwards.
 */
@NullMarked
package papa.launch;

import org.jspecify.annotations.NullMarked;

/**
 * When a log file is rotated and under which names the older ones stay: the schedule, the renames and the compression.
 * Nothing here knows who writes; whoever does calls it between two writes.
 */
@NullMarked
package circus.manager.rotation;

import org.jspecify.annotations.NullMarked;

/**
 * One life of a process, and what it has written: the entry that the kernel holds of it, the memory for its output, how that is
 * filled, kept within limits, searched and read. {@link papa.process.Incarnation} and {@link papa.process.Capture} know each
 * other, so they are one package. Who reads the output, and over which connection, is above. Loop thread only.
 */
@NullMarked
package papa.process;

import org.jspecify.annotations.NullMarked;

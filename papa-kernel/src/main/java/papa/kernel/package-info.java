/**
 * The program: what the kernel holds ({@link papa.kernel.Kernel}), the connections and what they may ask for, leases, who reads
 * output, and how it starts and ends ({@link papa.kernel.Papa}). It puts the other packages together, and nobody uses it. Loop
 * thread only, but for the first moments of {@code main}.
 */
@NullMarked
package papa.kernel;

import org.jspecify.annotations.NullMarked;

/**
 * What the operating system says of processes: {@link circus.manager.stats.StatsReader} is asked on circus-loop; all else is looked at, and
 * remembered, on circus-stats. Only commands and the daemon use it.
 */
@NullMarked
package circus.manager.stats;

import org.jspecify.annotations.NullMarked;

/**
 * The statistics that are published every second on {@code stats_endpoint}, as Circus's circusd-stats does: what is looked at, what is told of
 * it, and where. Contract: events-and-stats.md, 3.
 */
@NullMarked
package circus.manager.feed;

import org.jspecify.annotations.NullMarked;

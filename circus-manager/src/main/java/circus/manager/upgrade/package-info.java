/**
 * One circusd in the place of another: the one that leaves ({@link circus.manager.upgrade.Upgrade}, {@link
 * circus.manager.upgrade.Watch}), the one that comes ({@link circus.manager.upgrade.Succession}), and what they say to each other
 * ({@link circus.manager.upgrade.Wire}). Uses the arbiter, the kernel's connection, the endpoints and commands; circusd itself puts it
 * together.
 */
@NullMarked
package circus.manager.upgrade;

import org.jspecify.annotations.NullMarked;

/** The numbers of events, and those that are kept for who has missed them, over the death of the manager too. Used on circus-loop only. */
@NullMarked
package circus.manager.event;

import org.jspecify.annotations.NullMarked;

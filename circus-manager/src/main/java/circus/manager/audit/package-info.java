/** The audit: a line for each command that changes something, kept from whoever would forge or flood it. Uses no other package of the manager. */
@NullMarked
package circus.manager.audit;

import org.jspecify.annotations.NullMarked;

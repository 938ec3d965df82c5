/**
 * Cgroups (version 2) that processes are started in: where they may be made, one of them, and all that this kernel has made. A
 * launch enters one, signals reach its members; whose it is, is the user's matter. Loop thread, but for
 * {@link papa.cgroup.ControlGroup#enter}, which the gatekeeper calls.
 */
@NullMarked
package papa.cgroup;

import org.jspecify.annotations.NullMarked;

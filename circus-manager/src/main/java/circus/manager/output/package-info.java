/**
 * The output path: what workers print goes from the kernel to log files, each byte exactly once, and to circusd's own
 * stdout and stderr. {@link circus.manager.output.OutputPump} is the way in; {@link circus.manager.output.OutputBook}
 * explains how a file stays exact whenever the manager is killed.
 */
@NullMarked
package circus.manager.output;

import org.jspecify.annotations.NullMarked;

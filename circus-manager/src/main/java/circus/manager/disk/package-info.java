/** Work on disks, each of which may hang for ever: by threads of its own, so that circus-output never waits for one. */
@NullMarked
package circus.manager.disk;

import org.jspecify.annotations.NullMarked;

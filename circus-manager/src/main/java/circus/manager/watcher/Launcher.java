package circus.manager.watcher;

import circus.manager.kernel.LaunchSpec;

/** Makes of a watcher's configuration what the kernel needs to start one of its workers. */
public interface Launcher {
    /** @param number the wid */
    LaunchSpec launch(int number) throws LaunchException;

    /** The configuration cannot be turned into a command, and trying again will not help. */
    final class LaunchException extends Exception {
        public LaunchException(String reason) {
            super(reason, null, false, false);
        }
    }
}

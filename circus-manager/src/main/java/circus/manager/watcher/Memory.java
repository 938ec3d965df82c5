package circus.manager.watcher;

import circus.manager.kernel.KernelPort;

/** Keeps one watcher's {@link RunState} in the kernel, and writes only when it changes. Runs on circus-loop only. */
final class Memory {
    private final String key;
    private final KernelPort kernel;
    private RunState kept = RunState.NOTHING;

    Memory(String watcher, KernelPort kernel) {
        this.key = RunState.key(watcher);
        this.kernel = kernel;
    }

    /** What an earlier manager had written. */
    void found(RunState state) {
        kept = state;
    }

    void keep(RunState state) {
        if (state.equals(kept)) {
            return;
        }
        kept = state;
        if (state.isNothing()) {
            kernel.removeValue(key);
        } else {
            kernel.putValue(key, state.toJson());
        }
    }
}

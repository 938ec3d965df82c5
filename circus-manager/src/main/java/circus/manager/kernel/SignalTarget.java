package circus.manager.kernel;

/** Whom a signal is for: the process itself, or the descendants that it left behind when it ended. */
public enum SignalTarget {
    PROCESS,
    LEFTOVERS
}

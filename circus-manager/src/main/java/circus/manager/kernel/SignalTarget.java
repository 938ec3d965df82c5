package circus.manager.kernel;

/** Whom a signal is for: the process itself, its children, it and all its descendants, or those that it left behind when it ended. */
public enum SignalTarget {
    PROCESS,
    /** Those that it has when it is asked for. */
    CHILDREN,
    /** All are listed before the first is signalled, so that nobody is missed whose parent ends at once. */
    TREE,
    LEFTOVERS
}

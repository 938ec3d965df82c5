package circus.options;

/** What a watcher does when the option is changed while it runs. */
public enum OnSet {
    /** Only the stored value changes; it is read where it is next needed. */
    NOTHING,
    /** Processes are added or taken away until their number fits. */
    RESIZE,
    /** Running processes depend on the value: they are replaced by new ones. */
    RELOAD
}

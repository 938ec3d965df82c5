package circus.options;

/** Whose rights somebody gets hold of who may set an option: what {@code endpoint_owner} has to guard. */
public enum Reach {
    /** Nobody's: how many, how long, how often. */
    NOTHING,
    /** Those of the watcher's processes: what they run, and as whom. */
    PROCESS,
    /** Those of circusd itself: the files that it writes, the programs and classes that it runs, the limits that it lifts. */
    CIRCUSD
}

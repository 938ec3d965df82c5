package circus.manager.arbiter;

/** What a process wrote before it ended comes to its file or console a little later than its end is known. */
public interface LastWords {
    /**
     * Tells, on circus-loop and once, when all output of an ended process is in its place. That may be at once, and also never: a
     * descendant may go on writing to the same pipe, and a disk may hang.
     */
    void await(long incarnation, Runnable inPlace);

    /** Where nobody writes anything. */
    LastWords NONE = (incarnation, inPlace) -> inPlace.run();
}

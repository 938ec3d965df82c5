package circus.manager.watcher;

/** Something that brings what is closer to what is wanted, one step at a time. Runs on circus-loop only. */
public interface Reconciler {
    /** The answer of {@link #step} when only a change from outside makes another step worth while. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Does whatever is due, without ever waiting.
     *
     * @param now the loop's {@link Clock#nanos}
     * @return when to call again, on the same clock; {@link #NEVER} to be called only after a change
     */
    long step(long now);
}

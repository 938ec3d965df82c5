package circus.manager.resident;

/** The work of one worker that is a thread of circusd. Made for one run. */
public interface Resident extends AutoCloseable {
    /**
     * Works until {@link #close}, on a thread of its own. Whoever comes back earlier has ended, like a process, with the exit code 0; by an
     * exception with 1, and its message is in circusd's log.
     */
    void run() throws Exception;

    /** Has {@link #run} come back soon; its thread is interrupted after that. Any thread, also more than once. Does not wait. */
    @Override
    void close();
}

package circus.manager.kernel;

import java.util.List;

/** Receives the outcome of one signal: exactly one of {@link #sent} and {@link #failed}, once, on circus-loop. */
public interface SignalReply {
    /**
     * Before {@link #sent}, if a set was signalled and the kernel tells whom: an earlier version does not.
     *
     * @param pids of the processes that were reached, the first 10,000 of them
     */
    default void reached(List<Integer> pids) {}

    /** @param anybody false if nobody was there any more who was meant */
    void sent(boolean anybody);

    /** @param reason whole sentence, for example {@code cannot signal web.1 with SIGHUP: … (EPERM)} */
    void failed(String reason);
}

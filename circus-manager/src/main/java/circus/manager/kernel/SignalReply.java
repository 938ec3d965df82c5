package circus.manager.kernel;

/** Receives the outcome of one signal: exactly one of the two, once, on circus-loop. */
public interface SignalReply {
    /** @param anybody false if nobody was there any more who was meant */
    void sent(boolean anybody);

    /** @param reason whole sentence, for example {@code cannot signal web.1 with SIGHUP: … (EPERM)} */
    void failed(String reason);
}

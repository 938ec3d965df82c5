package circus.manager.kernel;

/** Who waits until somebody connects to a socket: told exactly one of the two, once, on circus-loop. */
public interface Caller {
    /** Somebody has connected, and nobody has served him yet. */
    void called();

    /** There is nothing to wait for: the socket has gone, or this kernel cannot tell of connections. */
    void failed(String reason);
}

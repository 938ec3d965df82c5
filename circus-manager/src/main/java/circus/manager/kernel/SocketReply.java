package circus.manager.kernel;

/** Receives the outcome of one {@link KernelPort#openSocket}: exactly one of the two, once, later, on circus-loop. */
public interface SocketReply {
    void opened(HeldSocket socket);

    /** @param reason whole sentence, for example {@code cannot make socket web at 127.0.0.1:80: … (EADDRINUSE)} */
    void failed(String reason);
}

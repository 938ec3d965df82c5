package circus.manager.kernel;

/** Receives the outcome of one {@link KernelPort#spawn}: exactly one of the two, once, on circus-loop. */
public interface SpawnReply {
    void spawned(Launched launched);

    /** @param reason whole sentence, for example {@code cannot start web.1: searching the program: … (ENOENT)} */
    void failed(String reason);
}

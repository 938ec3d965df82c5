package papa.door;

/**
 * The other end of a connection.
 *
 * @param pid 0 where it is not known: over TCP
 * @param mayChange whether it may ask for what changes or frees anything; else it may only read
 */
public record Peer(int pid, int uid, boolean mayChange) {
    @Override
    public String toString() {
        return pid > 0 ? "pid " + pid : "uid " + uid + ", over TCP";
    }
}

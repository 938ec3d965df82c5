package papa.wire;

/**
 * Every bound that the kernel keeps for what its clients send, declared once: the code reads the number here, {@code
 * help limits} and docs/papa.md list it. Reaching one refuses the request, or closes that client's connection, and says
 * so; it never hurts another client or the kernel.
 */
public enum Limit {
    LINE("bytes in a request line", 1024 * 1024, "the connection is closed"),
    LINES("bytes in the unfinished lines of all connections", 4 * 1024 * 1024, "the longest is closed"),
    WORDS("words in a request", 65_536, "the request is refused"),
    NAME("bytes in a name", 1024, "the request is refused"),
    SESSIONS("connections", 256, "one that has asked nothing for 10 seconds makes room, or a new one is turned away"),
    UNREAD("bytes of answers waiting for a connection to take them", 8 * 1024 * 1024, "it is closed"),
    UNREAD_IN_ALL("bytes of answers waiting for all connections", 8 * 1024 * 1024, "the one with the most is closed"),
    VALUES("values", 65_536, "the request is refused"),
    VALUE_BYTES(
            "bytes of the names and texts of all values, and 64 for each", 4 * 1024 * 1024, "the request is refused"),
    PROCESSES("processes, ended ones not yet dealt with included", 32_768, "the request is refused"),
    PROCESS_BYTES("bytes of the words and notes of all processes", 12 * 1024 * 1024, "the request is refused"),
    NOTES("notes on a process", 64, "the request is refused"),
    NOTE_BYTES("bytes in a note, key and value", 4096, "the request is refused"),
    GROUPS("supplementary groups of a process", 1024, "the request is refused"),
    LISTEN_FDS("sockets of a process with listen_fds=1", 61, "the request is refused"),
    STARTS("programs that hang while they are started", 8, "further starts wait for one of them"),
    LOST_THREADS(
            "threads that could not come back from a user they had to become to start a process",
            64,
            "the request to start one as another user is refused"),
    SOCKETS("sockets", 4_096, "the request is refused"),
    KNOCKS("sockets, times the connections that wait for a knock at each", 8_192, "the request to wait is refused"),
    LEASES("leases", 1_024, "the request is refused"),
    WATCHED("processes that all watches together watch", 65_536, "the request to watch is refused"),
    FOLLOWERS("connections that follow", 64, "the request is refused"),
    COPIES("connections that hold copies of what the kernel holds, 2 of a lease", 8, "the request is refused"),
    FOLLOW_NAMES("names in a request to follow", 256, "the request is refused"),
    FOLLOWED("processes, times the connections that follow", 131_072, "the request to follow is refused");

    private final String what;
    private final int most;
    private final String then;

    Limit(String what, int most, String then) {
        this.what = what;
        this.most = most;
        this.then = then;
    }

    /** What is counted. */
    public String what() {
        return what;
    }

    /** The most there may be. */
    public int most() {
        return most;
    }

    /** What happens to who goes beyond. */
    public String then() {
        return then;
    }
}

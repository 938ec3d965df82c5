package circus.manager.control;

/**
 * What is behind a listening socket, and how much of it one peer may take up. A peer that wants more is cut off.
 *
 * <p>Whoever keeps to the protocol and reads what he asked for never comes near these limits.
 */
enum Service {
    /** The ROUTER: requests come, replies go. */
    COMMANDS(256),
    /** The PUB: subscriptions come, events go. */
    EVENTS(128),
    /** The PUB of figures: subscriptions come, figures go. */
    STATISTICS(128);

    /** Requests that were not looked at yet, of one peer. */
    static final long MOST_BYTES_WAITING = 16 << 20;

    /** Replies that one peer has not read yet. */
    static final long MOST_REPLY_BYTES = 32 << 20;

    static final int MOST_SUBSCRIPTIONS = 1_000;

    /** Each byte takes JeroMQ some fifty. */
    static final long MOST_TOPIC_BYTES = 64 << 10;

    /** What a frame takes up beside its bytes, about. */
    static final int FRAME_BYTES = 128;

    /** Connections at a time. */
    final int mostConnections;

    Service(int mostConnections) {
        this.mostConnections = mostConnections;
    }
}

package circus.client;

/** The peer is the wrong one, or breaks the protocol: trying again is no use. The message says what the peer did, without naming it. */
final class PeerException extends Exception {
    /** The message where it is not the peer, but who waits for it, that has enough. */
    static final String INTERRUPTED = "interrupted";

    PeerException(String message) {
        super(message, null, false, false);
    }
}

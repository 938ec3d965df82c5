package circus.client;

/** The peer is the wrong one, or breaks the protocol: trying again is no use. The message says what the peer did, without naming it. */
final class PeerException extends Exception {
    PeerException(String message) {
        super(message, null, false, false);
    }
}

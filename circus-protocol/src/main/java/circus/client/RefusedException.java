package circus.client;

import java.io.IOException;

/** The peer hung up in the handshake, without a word: it does so with whom it does not like, and when it ends. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
        super(message);
    }
}

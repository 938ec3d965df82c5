package circus.plugins;

import java.io.IOException;

/** A Redis server is there and does not do what it is asked for, or it is none. */
final class RedisErrorException extends IOException {
    private static final long serialVersionUID = 1;

    RedisErrorException(String message) {
        super(message);
    }
}

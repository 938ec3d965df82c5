package circus.manager.control;

import circus.curve.ClientKeys;
import circus.curve.CurveKey;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.zeromq.ZMQ;

/**
 * The keys of CURVE, where endpoints demand them: circusd's own pair, and those of who may come in. A value; any thread.
 *
 * @param own has the secret key
 */
public record Keys(KeyFile own, ClientKeys clients) {
    /** Empty unless both are given; each is then a file or, for the clients, may be a directory. */
    public static Optional<Keys> read(Optional<Path> serverKey, Optional<Path> clients) throws CannotListenException {
        if (serverKey.isEmpty() || clients.isEmpty()) {
            return Optional.empty();
        }
        Path place = serverKey.get();
        try {
            KeyFile own = KeyFile.readSecret(place);
            place = clients.get();
            return Optional.of(new Keys(own, ClientKeys.read(place)));
        } catch (KeyFileException unusable) {
            throw new CannotListenException("cannot use the keys in " + place + ": " + unusable.getMessage());
        }
    }

    /** Has a socket demand keys of whoever comes. */
    void demandedBy(ZMQ.Socket socket) {
        socket.setCurveServer(true);
        socket.setCurvePublicKey(own.publicKey().bytes());
        socket.setCurveSecretKey(own.secretKey().orElseThrow().bytes());
    }

    boolean knows(CurveKey key) {
        return clients.names().containsKey(key);
    }
}

package circus.curve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A file with the keys of one party, in the format of ZeroMQ's own certificates (CZMQ, {@code zmq.auth.create_certificates} of pyzmq):
 *
 * <pre>
 * metadata
 *     name = "web"
 * curve
 *     public-key = "Yne@$w-vo&lt;fVvi]a&lt;NY6T1ed:M$fCG*[IaLV{hID"
 *     secret-key = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
 *     server-public-key = "rq:rM&gt;}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
 * </pre>
 *
 * <p>{@code secret-key} stands in secret certificates only, which nobody else may read; {@code server-public-key} is ours, and tells a
 * client whom to expect. Sections and other names are passed over, as pyzmq does.
 */
public record KeyFile(CurveKey publicKey, Optional<CurveKey> secretKey, Optional<CurveKey> serverKey) {
    static final String PUBLIC = "public-key";
    static final String SECRET = "secret-key";
    static final String SERVER = "server-public-key";

    private static final int MODE_OF_OTHERS = 077;

    /** Reads a certificate, of whatever kind; whether others may read it is not looked at. */
    public static KeyFile read(Path file) throws KeyFileException {
        return of(KeyText.pairs(KeyText.lines(file)));
    }

    /** Reads a certificate that must have a secret key, and be this user's own. */
    public static KeyFile readSecret(Path file) throws KeyFileException {
        KeyFile keys = read(file);
        if (keys.secretKey().isEmpty()) {
            throw new KeyFileException(
                    "it has no secret-key; the file of a key pair is needed, as `circusctl keygen` makes it");
        }
        demandSecrecy(file);
        return keys;
    }

    static KeyFile of(Map<String, String> pairs) throws KeyFileException {
        Optional<CurveKey> publicKey = key(pairs, PUBLIC);
        if (publicKey.isEmpty()) {
            throw new KeyFileException("it has no public-key, so it is no certificate of ZeroMQ's");
        }
        return new KeyFile(publicKey.get(), key(pairs, SECRET), key(pairs, SERVER));
    }

    private static Optional<CurveKey> key(Map<String, String> pairs, String name) throws KeyFileException {
        String text = pairs.get(name);
        if (text == null) {
            return Optional.empty();
        }
        if (!CurveKey.isKey(text)) {
            throw new KeyFileException("its " + name + " is no key: that is 40 letters of Z85, and this has "
                    + text.length() + (text.length() == CurveKey.LETTERS ? ", not all of which are" : ""));
        }
        return Optional.of(CurveKey.parse(text));
    }

    private static void demandSecrecy(Path file) throws KeyFileException {
        try {
            int mode = (Integer) Files.getAttribute(file, "unix:mode") & 0777;
            if ((mode & MODE_OF_OTHERS) != 0) {
                throw new KeyFileException(String.format(
                        Locale.ROOT,
                        "its secret key can be read or replaced by others (mode %04o); use `chmod 600 %s`",
                        mode,
                        file));
            }
            int owner = (Integer) Files.getAttribute(file, "unix:uid");
            int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (owner != self && owner != 0) {
                throw new KeyFileException("it belongs to another user (uid " + owner + "), who knows the secret");
            }
        } catch (IOException unreadable) {
            throw new KeyFileException(KeyText.reason(unreadable));
        }
    }
}

package circus.curve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A new key pair, and the two files that it is kept in, as {@code zmq.auth.create_certificates} of pyzmq writes them. */
public final class KeyPair {
    private static final String PUBLIC_ENDING = ".key";
    private static final String SECRET_ENDING = ".key_secret";

    private final CurveKey secret = CurveBox.freshSecret();
    private final CurveKey open = CurveBox.publicOf(secret);

    /**
     * Writes {@code PATH.key}, which anybody may see, and {@code PATH.key_secret}, of mode 0600.
     *
     * @param server the public key of the server that is meant, for a client's pair
     * @throws KeyFileException naming the file; one that is there already is never replaced
     */
    public void write(Path path, Optional<CurveKey> server) throws KeyFileException {
        String publicText = "curve\n    " + KeyFile.PUBLIC + " = \"" + open.z85() + "\"\n";
        StringBuilder secretText = new StringBuilder()
                .append("#   The secret key of a pair: nobody else may read this file.\n")
                .append(publicText)
                .append("    " + KeyFile.SECRET + " = \"")
                .append(secret.z85())
                .append("\"\n");
        server.ifPresent(key -> secretText
                .append("    " + KeyFile.SERVER + " = \"")
                .append(key.z85())
                .append("\"\n"));
        create(secretFile(path), secretText.toString(), "rw-------");
        create(publicFile(path), "#   The public key of a pair.\n" + publicText, "rw-r--r--");
    }

    public static Path publicFile(Path path) {
        return path.resolveSibling(path.getFileName() + PUBLIC_ENDING);
    }

    public static Path secretFile(Path path) {
        return path.resolveSibling(path.getFileName() + SECRET_ENDING);
    }

    private static void create(Path file, String text, String mode) throws KeyFileException {
        try (SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (FileAlreadyExistsException there) {
            throw new KeyFileException(
                    "cannot write " + file + ": it is there already; remove it, or choose another name");
        } catch (NoSuchFileException nowhere) {
            throw new KeyFileException("cannot write " + file + ": there is no such directory");
        } catch (IOException refused) {
            throw new KeyFileException("cannot write " + file + ": " + KeyText.reason(refused));
        }
    }
}

package circus.manager.rotation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses rotated files in two steps, since the file may be renamed while it is compressed: {@link #begin} takes the
 * time and may run beside everything else; {@link #finish} is quick and must not run beside a rotation of the same file. May
 * be killed at any instant: until the last step the plain file is there.
 */
public final class Gzip {
    private static final int BUFFER = 64 * 1024;

    private Gzip() {}

    /**
     * A file that is compressed but for its name.
     *
     * @param key what the plain file is, whatever its name
     * @param part where the compressed bytes are
     */
    public record Begun(Object key, Path part) {}

    /** Where the compressed bytes are until they are complete; one file is compressed at a time of all backups of a file. */
    static Path part(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".compressing");
    }

    /**
     * Compresses the oldest backup that is not compressed yet; nothing if there is none.
     *
     * @param file the file whose backups these are
     */
    public static Optional<Begun> begin(Path file, Backups backups) throws IOException {
        Path part = part(file);
        for (Path plain : backups.plain(file)) {
            try {
                return Optional.of(new Begun(compress(plain, part), part));
            } catch (NoSuchFileException renamed) {
                // It is there under its next name, and comes again with the rotation that did this.
                Files.deleteIfExists(part);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(part);
                throw e;
            }
        }
        Files.deleteIfExists(part);
        return Optional.empty();
    }

    private static Object compress(Path plain, Path part) throws IOException {
        Files.deleteIfExists(part);
        BasicFileAttributes before = Files.readAttributes(plain, BasicFileAttributes.class);
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(plain);
        try (InputStream in = Files.newInputStream(plain)) {
            if (!key(Files.readAttributes(plain, BasicFileAttributes.class)).equals(key(before))) {
                throw new NoSuchFileException(plain.toString(), null, "it was renamed");
            }
            // Read and write for its owner alone, until it is as its original.
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (OutputStream out = new GZIPOutputStream(
                    Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                    BUFFER)) {
                in.transferTo(out);
            }
        }
        Files.setPosixFilePermissions(part, mode);
        Files.setLastModifiedTime(part, before.lastModifiedTime());
        return key(before);
    }

    private static Object key(BasicFileAttributes attributes) {
        // The number alone is given to a new file as soon as the old one is removed.
        return List.of(Objects.requireNonNull(attributes.fileKey()), attributes.lastModifiedTime(), attributes.size());
    }

    /** Puts the compressed file in the place of the plain one, whatever that is called by now. */
    public static void finish(Path file, Backups backups, Begun begun) throws IOException {
        for (Path plain : backups.plain(file)) {
            if (key(Files.readAttributes(plain, BasicFileAttributes.class)).equals(begun.key())) {
                Files.move(begun.part(), Backups.named(plain, Backups.COMPRESSED), StandardCopyOption.REPLACE_EXISTING);
                Files.delete(plain);
                return;
            }
        }
        // It was removed meanwhile: there are enough newer ones.
        Files.deleteIfExists(begun.part());
    }
}

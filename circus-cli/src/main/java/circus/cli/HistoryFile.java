package circus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the lines of the shell are kept: {@code circus/history} in {@code $XDG_STATE_HOME}, else in {@code ~/.local/state}; for its owner
 * alone, since lines may hold what is nobody else's business. Pure, but for the file.
 */
final class HistoryFile {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private HistoryFile() {}

    /** The file, made where it was not there; nothing where it cannot be written. */
    static Optional<Path> find(Map<String, String> environment) {
        try {
            Path file = folder(environment).resolve("circus").resolve("history");
            Files.createDirectories(file.getParent(), PRIVATE_FOLDER);
            if (Files.notExists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE));
            } else {
                Files.setPosixFilePermissions(file, PRIVATE);
            }
            return Files.isRegularFile(file) && Files.isWritable(file) ? Optional.of(file) : Optional.empty();
        } catch (IOException | InvalidPathException | UnsupportedOperationException cannot) {
            return Optional.empty();
        }
    }

    private static Path folder(Map<String, String> environment) {
        String given = environment.getOrDefault("XDG_STATE_HOME", "");
        // One that is relative is to be ignored, says the specification of these folders.
        if (given.startsWith("/")) {
            return Path.of(given);
        }
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.startsWith("/") ? home : System.getProperty("user.home"), ".local", "state");
    }
}

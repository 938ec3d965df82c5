package circus.manager.plugin;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The folders with the pipes of plugins, one each: beside the kernel's socket, where nobody cleans up; those for other users, who cannot look
 * in there, where temporary files are. Any thread.
 */
public final class LineFolders {
    private static final System.Logger LOG = System.getLogger(LineFolders.class.getName());
    private static final String PIPE = "in";
    private static final long MKFIFO_SECONDS = 10;
    private static final int TYPE = 0170000;
    private static final int FIFO = 0010000;

    private final Path own;
    private final Path shared = Path.of(System.getProperty("java.io.tmpdir"));
    private final String prefix;

    /**
     * @param kernel its socket
     * @param name of this circusd in the kernel
     */
    public LineFolders(Path kernel, String name) {
        this.own = Objects.requireNonNull(kernel.toAbsolutePath().getParent());
        String whose = kernel.toAbsolutePath() + "\n" + name;
        this.prefix = "circus-plugin-" + UUID.nameUUIDFromBytes(whose.getBytes(StandardCharsets.UTF_8)) + "-";
    }

    /**
     * A new pipe. Waits a few milliseconds.
     *
     * @param reader by name or number, where that is another user
     */
    Path make(Optional<String> reader) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(reader.isPresent() ? shared : own, prefix);
        Path pipe = folder.resolve(PIPE);
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(mkfifo.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!mkfifo.waitFor(MKFIFO_SECONDS, TimeUnit.SECONDS) || mkfifo.exitValue() != 0) {
                throw new IOException("mkfifo: " + said);
            }
            if (reader.isPresent()) {
                Files.setOwner(
                        pipe,
                        pipe.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(reader.get()));
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            }
            return pipe;
        } catch (IOException | InterruptedException cannot) {
            remove(pipe);
            throw cannot;
        }
    }

    /** The pipe, if it is one in a folder of ours: somebody may have cleaned up, and somebody else have put something there. */
    Path checked(Path pipe) throws IOException {
        Path folder = Objects.requireNonNull(pipe.getParent());
        Map<String, Object> there = Files.readAttributes(pipe, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        boolean isPipe = there.get("mode") instanceof Integer mode && (mode & TYPE) == FIFO;
        if (!isOurs(folder) || !isPipe) {
            throw new IOException(pipe + " is no pipe in a folder of this user");
        }
        return pipe;
    }

    private static boolean isOurs(Path folder) throws IOException {
        Map<String, Object> found = Files.readAttributes(folder, "unix:uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
        return Objects.equals(found.get("uid"), Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                && Boolean.TRUE.equals(found.get("isDirectory"));
    }

    /** Removes what nobody uses: of plugins that have ended while no circusd was there. */
    void sweep(Set<Path> inUse) {
        for (Path place : List.of(own, shared)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(place, prefix + "*")) {
                for (Path folder : folders) {
                    Path pipe = folder.resolve(PIPE);
                    if (!inUse.contains(pipe) && isOurs(folder)) {
                        remove(pipe);
                    }
                }
            } catch (IOException unreadable) {
                LOG.log(Level.DEBUG, "cannot look for pipes of plugins in {0}: {1}", place, unreadable);
            }
        }
    }

    /** With its folder. */
    static void remove(Path pipe) {
        try {
            Files.deleteIfExists(pipe);
            Files.deleteIfExists(Objects.requireNonNull(pipe.getParent()));
        } catch (IOException left) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", pipe, left);
        }
    }
}

package circus.manager.control;

import circus.manager.file.OwnFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket that listens at a path.
 *
 * <p>It is made in a folder of its own that nobody else can enter, gets its mode there, and is then linked to its path: nobody ever sees it
 * with another mode than it is to have, or not listening yet. What is at the path already is looked at first. A socket on which nobody
 * listens is what a dead daemon leaves, and gives way; it is taken away before it is looked at for the last time, so that of two
 * that start at once neither removes the other's.
 */
final class SocketFile implements Closeable {
    private static final System.Logger LOG = System.getLogger(SocketFile.class.getName());
    private static final int BACKLOG = 1024;
    private static final int TRIES = 10;
    private static final int SOCKET = 0140000;
    private static final int KIND = 0170000;
    private static final int WRITABLE_BY_OTHERS = 022;
    private static final int STICKY = 01000;
    private static final String OURS = "s";
    private static final String FOUND = "o";
    private static final int FOLDER_DIGITS = 5;

    private final Path path;
    private final ServerSocketChannel channel;
    private final @Nullable Object identity;

    /** Whether the file goes with us. */
    private volatile boolean isOurs = true;

    private SocketFile(Path path, ServerSocketChannel channel, @Nullable Object identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    /** A reason why nobody can listen there. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        /** Whether that may be over in a moment. */
        final boolean inUse;

        Unusable(String message, boolean inUse) {
            super(message, null, false, false);
            this.inUse = inUse;
        }
    }

    /** One that listens already. Its file stays where it is until {@link #own}: somebody else serves there, and may go on. */
    static SocketFile inherit(Path path, ServerSocketChannel channel) throws IOException {
        SocketFile file = new SocketFile(path, channel, identity(path));
        file.isOurs = false;
        return file;
    }

    /** Nobody else serves there any more. Any thread. */
    void own() {
        isOurs = true;
    }

    /** Listens; the file belongs to the owner of the endpoints, and only he and root can connect, unless they are open. */
    static SocketFile listen(Path path, Access access) throws Unusable {
        Path folder = Objects.requireNonNullElse(path.getParent(), Path.of("/"));
        try {
            checkFolder(folder);
            Path workshop = makeWorkshop(folder);
            try {
                return listen(path, workshop, access);
            } finally {
                Files.deleteIfExists(workshop.resolve(OURS));
                Files.deleteIfExists(workshop.resolve(FOUND));
                Files.deleteIfExists(workshop);
            }
        } catch (AccessDeniedException denied) {
            throw new Unusable("no permission for " + denied.getFile(), false);
        } catch (IOException failed) {
            throw new Unusable(String.valueOf(failed.getMessage()), false);
        }
    }

    private static void checkFolder(Path folder) throws IOException, Unusable {
        if (!Files.isDirectory(folder)) {
            throw new Unusable("there is no directory " + folder + "; make it, or choose another path", false);
        }
        int owner = (Integer) Files.getAttribute(folder, "unix:uid");
        int mode = (Integer) Files.getAttribute(folder, "unix:mode");
        int self = OwnFile.user();
        // Not even endpoint_owner's: he could have what circusd gives him be another file.
        if (owner != 0 && owner != self) {
            throw new Unusable(
                    "directory " + folder + " belongs to uid " + Integer.toUnsignedString(owner)
                            + ", who could put a socket of his own there; choose another path",
                    false);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            if (self == 0) {
                throw new Unusable(
                        "directory " + folder + " may be written to by others (mode "
                                + Integer.toOctalString(mode & 07777)
                                + "), and circusd is root; use `chmod go-w`, or choose another path",
                        false);
            }
            LOG.log(
                    Level.WARNING,
                    "directory {0} may be written to by others (mode {1}), who could put a socket of their own in the place of circusd''s",
                    folder,
                    Integer.toOctalString(mode & 07777));
        }
    }

    private static Path makeWorkshop(Path folder) throws IOException {
        while (true) {
            int random = ThreadLocalRandom.current().nextInt();
            Path workshop = folder.resolve("."
                    + Integer.toUnsignedString(random | 1 << 31, Character.MAX_RADIX)
                            .substring(0, FOLDER_DIGITS));
            try {
                return Files.createDirectory(
                        workshop, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException taken) {
                LOG.log(Level.DEBUG, "{0} is there already", workshop);
            }
        }
    }

    private static SocketFile listen(Path path, Path workshop, Access access) throws IOException, Unusable {
        Path ours = workshop.resolve(OURS);
        int length = ours.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > ListenAddress.LONGEST_PATH_BYTES) {
            throw new Unusable(
                    "the path of its directory is too long by " + (length - ListenAddress.LONGEST_PATH_BYTES)
                            + " bytes; choose a shorter one",
                    false);
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean done = false;
        try {
            channel.bind(UnixDomainSocketAddress.of(ours), BACKLOG);
            Files.setPosixFilePermissions(
                    ours, PosixFilePermissions.fromString(access.open() ? "rw-rw-rw-" : "rw-------"));
            if (access.owner().isPresent()) {
                giveTo(access.owner().get(), ours);
            }
            put(path, workshop, ours);
            done = true;
            return new SocketFile(path, channel, identity(path));
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static void giveTo(String owner, Path file) throws Unusable {
        try {
            var user = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(owner);
            if (!Files.getOwner(file).equals(user)) {
                Files.setOwner(file, user);
            }
        } catch (IOException refused) {
            throw new Unusable(
                    "its file cannot be given to endpoint_owner " + owner + ", since only root may do that; leave the"
                            + " option out, or start circusd as root",
                    false);
        }
    }

    private static void put(Path path, Path workshop, Path ours) throws IOException, Unusable {
        for (int i = 0; i < TRIES; i++) {
            try {
                Files.createLink(path, ours);
                return;
            } catch (FileAlreadyExistsException occupied) {
                makeWay(path, workshop.resolve(FOUND));
            }
        }
        throw new Unusable("something else is put there again and again", true);
    }

    private static void makeWay(Path path, Path found) throws IOException, Unusable {
        if (!isStale(path)) {
            return; // gone meanwhile
        }
        try {
            Files.move(path, found, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            return;
        }
        try {
            isStale(found);
        } catch (Unusable replacedMeanwhile) {
            try {
                Files.createLink(path, found);
            } catch (FileAlreadyExistsException third) {
                LOG.log(Level.DEBUG, "{0} has been taken once more", path);
            }
            throw replacedMeanwhile;
        } finally {
            Files.delete(found);
        }
    }

    /**
     * True for a socket on which nobody listens, false where there is nothing.
     *
     * @throws Unusable for anything else
     */
    private static boolean isStale(Path path) throws IOException, Unusable {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & KIND) != SOCKET) {
                throw new Unusable("a file that is no socket is there; remove it, or choose another path", false);
            }
        } catch (NoSuchFileException gone) {
            return false;
        }
        try (SocketChannel caller = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Else we would wait for one that accepts nobody.
            caller.configureBlocking(false);
            caller.connect(UnixDomainSocketAddress.of(path));
            OptionalInt pid = PeerCredentials.pid(caller);
            throw new Unusable(
                    "the socket is in use" + (pid.isPresent() ? " by " + PortOwner.describe(pid.getAsInt()) : ""),
                    true);
        } catch (ConnectException refused) {
            return true;
        } catch (IOException unclear) {
            throw new Unusable("a socket is there that cannot be tried: " + unclear.getMessage(), false);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    Path path() {
        return path;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Removes the file, if it is still ours, and then closes: who connects meanwhile is refused by the one or the other. */
    @Override
    public void close() throws IOException {
        try {
            if (isOurs && Objects.equals(identity(path), identity)) {
                Files.delete(path);
            }
        } catch (NoSuchFileException removed) {
            LOG.log(Level.DEBUG, "{0} was removed already", path);
        } finally {
            channel.close();
        }
    }
}

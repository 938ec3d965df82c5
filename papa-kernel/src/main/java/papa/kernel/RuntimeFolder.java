package papa.kernel;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import papa.loop.Log;
import papa.request.Refusal;

/**
 * The folder of the socket. The default one is the user's own, closed to others, and the same in every session; another
 * is the operator's business, but who could put a socket of his own there is worth a warning.
 */
final class RuntimeFolder {
    private static final int STICKY = 01000;

    private RuntimeFolder() {}

    private static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException meanwhile) {
            // Two start at once: the other one made it. Whether it is ours is looked at next.
            Log.debug(folder + " was made by another just now");
        }
    }

    /** Why a folder that was chosen by hand is not safe; empty if it is, or cannot be looked at. */
    static Optional<String> doubt(Path folder, int uid) {
        try {
            int owner = (Integer) Files.getAttribute(folder, "unix:uid");
            int mode = (Integer) Files.getAttribute(folder, "unix:mode");
            if (owner != uid && owner != 0) {
                return Optional.of("belongs to uid " + owner);
            }
            boolean open = (mode & 022) != 0 && (mode & STICKY) == 0;
            return open
                    ? Optional.of(String.format("may be written to by others (mode %04o)", mode & 07777))
                    : Optional.empty();
        } catch (IOException | ClassCastException unknown) {
            return Optional.empty(); // what is wrong with it shows when the socket is made
        }
    }

    /** Makes it, if need be. */
    static Path prepare(int uid) throws Refusal {
        return prepare(uid == 0 ? Path.of("/run/circus") : Path.of("/tmp/circus-" + uid), uid);
    }

    /** Makes one where that can be done at all: a container may have nothing to write to but /dev/shm. */
    static Path prepareAnywhere(int uid) throws Refusal {
        for (String place : new String[] {"/run/circus", "/tmp/circus-" + uid, "/dev/shm/circus-" + uid}) {
            try {
                Path folder = prepare(Path.of(place), uid);
                if (Files.isWritable(folder)) {
                    return folder;
                }
            } catch (Refusal refused) {
                Log.debug(refused.getMessage() + "");
            }
        }
        return prepare(uid); // and tell what is wrong with the usual one
    }

    private static Path prepare(Path folder, int uid) throws Refusal {
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                create(folder);
            }
            Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(uid) || (mode & 077) != 0) {
                throw new Refusal("cannot use " + folder + ": it must belong to uid " + uid
                        + " alone (mode 0700); remove it, or choose a path with --unix-socket");
            }
        } catch (IOException | ClassCastException failed) {
            throw new Refusal("cannot make " + folder + ": " + failed + "; choose a path with --unix-socket");
        }
        return folder;
    }
}

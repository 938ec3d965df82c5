package circus.manager.kernel;

import circus.manager.file.OwnFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import papa.client.PapaException;

/**
 * Where a kernel listens. By default the path depends on the user and the arbiter alone, never on the login session, so
 * that any later manager of the same configuration finds the same kernel.
 *
 * @param socket absolute path of the Unix socket
 * @param isDefault whether the directory is our own, for us alone
 */
public record KernelAddress(Path socket, boolean isDefault) {
    /** Room of {@code sun_path}, without its final zero (unix(7)). */
    private static final int PATH_LIMIT = 107;

    private static final String VARIABLE = "PAPA_SOCKET";

    private static final Set<PosixFilePermission> FOR_US_ALONE = PosixFilePermissions.fromString("rwx------");

    /**
     * @param arbiter name of the arbiter: a slug
     * @param papaEndpoint the option of that name, {@code ipc://PATH}
     * @param environment PAPA_SOCKET names the kernel where the option does not: {@code papa --init} sets it for the manager
     *     that it starts, a unit of systemd for one beside it
     * @throws PapaException if the endpoint is none, or its path is too long for a socket
     */
    public static KernelAddress of(String arbiter, Optional<String> papaEndpoint, Map<String, String> environment)
            throws PapaException {
        String given = environment.getOrDefault(VARIABLE, "");
        KernelAddress address = papaEndpoint.isPresent()
                ? new KernelAddress(fromEndpoint(papaEndpoint.get()), false)
                : given.isEmpty()
                        ? new KernelAddress(defaultDirectory(ownUid()).resolve(arbiter + ".sock"), true)
                        : new KernelAddress(Path.of(given).toAbsolutePath().normalize(), false);
        int length = address.socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > PATH_LIMIT) {
            throw new PapaException("cannot use " + address.socket + " for the kernel's socket: the path has " + length
                    + " bytes, at most " + PATH_LIMIT + " are possible. Set papa_endpoint = ipc://PATH in [circus]"
                    + " to a shorter one");
        }
        return address;
    }

    private static Path fromEndpoint(String endpoint) throws PapaException {
        String scheme = "ipc://";
        if (endpoint.startsWith(scheme) && endpoint.length() > scheme.length()) {
            return Path.of(endpoint.substring(scheme.length())).toAbsolutePath().normalize();
        }
        if (endpoint.startsWith("tcp://")) {
            throw new PapaException("cannot use papa_endpoint " + endpoint
                    + ": this version speaks with its kernel over a Unix socket only. Use ipc://PATH, or leave the"
                    + " option out");
        }
        throw new PapaException("cannot use papa_endpoint " + endpoint + ": expected ipc://PATH");
    }

    static Path defaultDirectory(int uid) {
        return uid == 0 ? Path.of("/run/circus") : Path.of("/tmp/circus-" + uid);
    }

    private static int ownUid() throws PapaException {
        try {
            return OwnFile.user();
        } catch (IOException e) {
            throw new PapaException("cannot find out which user this is: " + e, e);
        }
    }

    private Path directory() {
        return Objects.requireNonNullElse(socket.getParent(), Path.of("/"));
    }

    /** The kernel's own log. */
    public Path log() {
        return socket.resolveSibling(socket.getFileName() + ".log");
    }

    /** Where an arbiter keeps its events: beside the socket, which it may share with other arbiters. */
    public Path events(String arbiter) {
        return own(arbiter, ".events");
    }

    /** Where an arbiter keeps the latest output of its workers. */
    public Path output(String arbiter) {
        return own(arbiter, ".output");
    }

    /** Which workers of an arbiter run. */
    public Path workers(String arbiter) {
        return own(arbiter, ".workers");
    }

    private Path own(String arbiter, String suffix) {
        String own = isDefault ? "" : "." + arbiter;
        return socket.resolveSibling(socket.getFileName() + own + suffix);
    }

    /**
     * Creates the directory of the socket, for us alone, if it is missing.
     *
     * @throws PapaException if it belongs to somebody else, who could then put a socket of his own there
     */
    public void prepareDirectory() throws PapaException {
        Path directory = directory();
        try {
            if (!Files.exists(
                    directory, isDefault ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0])) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(FOR_US_ALONE));
            }
            checkOwner(directory, ownUid());
            if (isDefault && !Files.getPosixFilePermissions(directory).equals(FOR_US_ALONE)) {
                Files.setPosixFilePermissions(directory, FOR_US_ALONE);
            }
        } catch (IOException e) {
            throw new PapaException("cannot use directory " + directory + " for the kernel's socket: " + e, e);
        }
    }

    /** A default directory must be ours and no link to elsewhere; any other one may also be root's, as /tmp is, and a link. */
    void checkOwner(Path directory, int uid) throws IOException, PapaException {
        if (!Files.isDirectory(
                directory, isDefault ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0])) {
            throw new PapaException("cannot use " + directory + " for the kernel's socket: it is no directory");
        }
        int owner = (Integer) Files.getAttribute(directory, "unix:uid");
        if (owner != uid && (isDefault || owner != 0)) {
            throw new PapaException("cannot use directory " + directory + " for the kernel's socket: it belongs to uid "
                    + owner + ", we are uid " + uid + ". Set papa_endpoint = ipc://PATH in [circus]");
        }
    }
}

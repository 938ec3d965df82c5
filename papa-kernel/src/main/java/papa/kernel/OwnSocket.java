package papa.kernel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.socket.InheritedSockets;
import papa.socket.SocketAddress;
import papa.socket.UnixPath;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * The Unix socket at which the kernel is reached: one that papa was started with at its path, else one that is made there.
 * In a state:
 *
 * <pre>
 *   descriptor   it listens
 *   inherited    1: papa was started with it
 *   file         device and inode of its file, while it is ours to remove
 * </pre>
 *
 * @param fd listens, and does not block
 * @param file is removed at the end; null if it belongs to who started papa
 */
record OwnSocket(int fd, @Nullable UnixPath file) {
    private static final int BACKLOG = 128;

    /**
     * Listens at a path; a socket on which nobody listens gives way. The lock is taken.
     *
     * @param open whether others than the kernel's own user are let in
     */
    static OwnSocket open(Posix posix, String path, boolean open, InheritedSockets inherited)
            throws PosixException, Refusal {
        Optional<Integer> given = inherited.takeAt(path);
        if (given.isPresent()) {
            PosixException.check("listen at " + Words.text(path), posix.setNonBlocking(given.get(), true));
            return new OwnSocket(given.get(), null);
        }
        byte[] address = SocketAddress.unix(path);
        makeWay(posix, path);
        int fd = PosixException.check(
                "make a socket", posix.socket(Posix.AF_UNIX, Posix.SOCK_STREAM | Posix.SOCK_NONBLOCK, 0));
        int mask = posix.fileMask(open ? 0111 : 0177); // who may come in is looked at in any case
        int bound = posix.bind(fd, address);
        posix.fileMask(mask);
        PosixException.check("listen at " + Words.text(path), bound);
        PosixException.check("listen at " + Words.text(path), posix.listen(fd, BACKLOG));
        return new OwnSocket(fd, new UnixPath(posix, path));
    }

    private static void makeWay(Posix posix, String path) throws Refusal {
        switch (UnixPath.occupant(posix, path)) {
            case NOBODY -> {}
            case STALE_SOCKET -> posix.unlink(path);
            case LIVE_SOCKET ->
                throw new Refusal("cannot listen at " + Words.text(path)
                        + ": a program listens there, though it does not hold the lock of a papa; end it, or choose another"
                        + " path");
            case OTHER_FILE ->
                throw new Refusal("cannot listen at " + Words.text(path) + ": a file that is no socket is there");
        }
    }

    void put(StateWriter.Line line) {
        line.descriptor("descriptor", fd).flag("inherited", file == null);
        if (file != null) {
            file.put(line, "file");
        }
    }

    /** @param path that it has */
    static OwnSocket restore(StateLine line, Posix posix, String path) throws StateException {
        int fd = SavedSession.socket(line, posix);
        return new OwnSocket(fd, line.has("file") ? UnixPath.restore(posix, path, line, "file") : null);
    }

    void removeFile() {
        if (file != null) {
            file.remove();
        }
    }
}

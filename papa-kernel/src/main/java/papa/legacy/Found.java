package papa.legacy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.loop.Log;
import papa.passing.Parcel;
import papa.passing.PassingSocket;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * The descriptors that a manager held copies of, as they lie in the socket in which they wait: each once, and known by what it is. They
 * stay there as well: whoever takes them may be killed before anybody has copies of what it holds. Loop thread only.
 */
public final class Found {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEEK_OFF = 42;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFSOCK = 0xc000;
    private static final int S_IFIFO = 0x1000;
    private static final int MOST_BYTES = 64 * 1024;

    private final Posix posix;
    private final Map<Long, Integer> sockets = new HashMap<>();
    private final Map<Long, Integer> pipes = new HashMap<>();
    private final Map<Long, Integer> files = new HashMap<>();

    private Found(Posix posix) {
        this.posix = posix;
    }

    /** Takes all that waits in a socket, whose other end has gone; from its beginning, whoever has looked before. */
    public static Found in(Posix posix, int socket) throws IOException {
        Found found = new Found(posix);
        posix.setNonBlocking(socket, true);
        int begun = posix.setSocketOption(socket, SOL_SOCKET, SO_PEEK_OFF, 0);
        if (begun < 0) {
            throw new IOException("cannot read copies from their beginning: " + Errno.of(begun));
        }
        PassingSocket waiting = PassingSocket.of(posix.duplicate(socket, 3));
        try {
            Parcel parcel = waiting.peek(MOST_BYTES, PassingSocket.MOST_DESCRIPTORS);
            while (parcel.bytes().length > 0) {
                parcel.descriptors().forEach(found::take);
                parcel = waiting.peek(MOST_BYTES, PassingSocket.MOST_DESCRIPTORS);
            }
        } catch (IOException tooMany) {
            if (found.files.isEmpty()) {
                throw tooMany;
            }
            Log.info("not all copies of what a killed kernel held can be taken: " + tooMany.getMessage());
        } finally {
            waiting.close();
        }
        return found;
    }

    private void take(int fd) {
        long[] deviceAndInode = new long[2];
        int type = posix.identify(fd, deviceAndInode);
        Map<Long, Integer> kind = type == S_IFSOCK ? sockets : type == S_IFIFO ? pipes : files;
        if ((type != S_IFSOCK && type != S_IFIFO && type != S_IFREG)
                || kind.putIfAbsent(deviceAndInode[1], fd) != null) {
            posix.close(fd);
        }
    }

    /** The memory files of that name. */
    List<Integer> memoryFiles(String name) throws IOException {
        List<Integer> found = new ArrayList<>();
        for (int fd : files.values()) {
            if (Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd))
                    .toString()
                    .startsWith("/memfd:" + name + " ")) {
                found.add(fd);
            }
        }
        return found;
    }

    /** Which file that is. */
    long inode(int file) {
        long[] deviceAndInode = new long[2];
        posix.identify(file, deviceAndInode);
        return deviceAndInode[1];
    }

    /** The reading end of a pipe, which is the caller's from now on; -1 if there is none. */
    int pipe(long inode) {
        Integer fd = pipes.remove(inode);
        return fd == null ? -1 : fd;
    }

    boolean hasSocket(long inode) {
        return sockets.containsKey(inode);
    }

    /** Gives sockets the numbers that they had, since what runs knows them by these; whatever has one of those gets another. */
    void place(Map<Long, Integer> numbers) {
        int above = numbers.values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
        for (Map<Long, Integer> kind : List.of(pipes, files, sockets)) {
            kind.replaceAll((inode, fd) -> numbers.containsValue(fd) ? moved(fd, above) : fd);
        }
        numbers.forEach((inode, number) -> {
            Integer fd = sockets.get(inode);
            if (fd != null && posix.redirect(fd, number) >= 0) {
                posix.program().setCloseOnExec(number, true);
                posix.close(fd);
                sockets.put(inode, number);
            }
        });
    }

    private int moved(int fd, int above) {
        int copy = posix.duplicate(fd, above);
        if (copy >= 0) {
            posix.close(fd);
        }
        return copy;
    }

    /** One that {@link #place} has put there, which is the caller's from now on. */
    int socket(long inode) {
        Integer fd = sockets.remove(inode);
        return fd == null ? -1 : fd;
    }

    /** Closes what nobody has taken, but for these files. */
    void closeAllBut(Set<Integer> kept) {
        for (Map<Long, Integer> kind : List.of(pipes, sockets, files)) {
            kind.values().stream().filter(fd -> !kept.contains(fd)).forEach(posix::close);
            kind.clear();
        }
    }
}

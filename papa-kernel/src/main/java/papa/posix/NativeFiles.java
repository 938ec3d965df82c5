package papa.posix;

/** Descriptors, files and folders. */
abstract class NativeFiles extends NativeMemory {
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int O_PATH = 0x200000;

    @Override
    public long read(int fd, long address, long bytes) {
        return result(c.read(fd, address, bytes));
    }

    @Override
    public long write(int fd, long address, long bytes) {
        return result(c.write(fd, address, bytes));
    }

    @Override
    public int open(String path, int flags, int mode) {
        return with(path, string -> c.open(string, flags | O_CLOEXEC, mode));
    }

    @Override
    public int lock(int fd) {
        return result(c.flock(fd, 2 | 4)); // LOCK_EX, LOCK_NB
    }

    @Override
    public int unlink(String path) {
        return with(path, c::unlink);
    }

    @Override
    public int makeFolder(String path) {
        return with(path, string -> c.mkdir(string, 0755));
    }

    @Override
    public int removeFolder(String path) {
        return with(path, c::rmdir);
    }

    @Override
    public int truncate(int fd, long length) {
        return result(c.ftruncate(fd, length));
    }

    @Override
    public int identify(String path, long[] deviceAndInode) {
        return identify(AT_FDCWD, path, 0x100, deviceAndInode); // AT_SYMLINK_NOFOLLOW
    }

    @Override
    public int identify(int fd, long[] deviceAndInode) {
        return identify(fd, "", AT_EMPTY_PATH, deviceAndInode);
    }

    @Override
    public int pin(String path) {
        return open(path, O_PATH | O_NOFOLLOW, 0);
    }

    @Override
    public int changeOwner(int pinned, int uid, int gid) {
        return with("", string -> c.fchownat(pinned, string, uid, gid, AT_EMPTY_PATH));
    }

    @Override
    public int changeMode(int pinned, int mode) {
        return with("/proc/self/fd/" + pinned, string -> c.chmod(string, mode));
    }

    private int identify(int directory, String path, int flags, long[] deviceAndInode) {
        // statx(2): stx_mode at 28, stx_ino at 32, stx_dev_major at 136, stx_dev_minor at 140.
        long block = allocate(256);
        try {
            int done = with(path, string -> c.statx(directory, string, flags, 0x7ff, block));
            if (done < 0) {
                return done;
            }
            deviceAndInode[0] = ((long) memory.getInt(block + 136) << 32) | (memory.getInt(block + 140) & 0xffffffffL);
            deviceAndInode[1] = memory.getLongLong(block + 32);
            return memory.getShort(block + 28) & 0xf000;
        } finally {
            c.free(block);
        }
    }

    @Override
    public int changeDirectory(String path) {
        return with(path, c::chdir);
    }

    @Override
    public int fileMask(int mask) {
        return c.umask(mask);
    }

    @Override
    public int mayExecute(String path) {
        int allowed = with(path, string -> c.access(string, 1)); // X_OK
        if (allowed < 0) {
            return allowed;
        }
        // A trailing slash makes access(2) follow the path as a directory; anything else answers ENOTDIR.
        return with(path + "/", string -> c.access(string, 0)) == 0 ? Errno.EACCES.negated() : 0;
    }
}

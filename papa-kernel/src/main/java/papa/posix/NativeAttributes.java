package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Runtime;

/** {@link Attributes} on the C library and, where that meddles with other threads, on the bare system calls. */
final class NativeAttributes implements Attributes {
    /** The numbers that differ between machines, in one place: asm/unistd.h. */
    private enum Machine {
        X86_64(116, 119, 117, 312, 125, 126),
        AARCH64(159, 149, 147, 272, 90, 91);

        private final int setGroups;
        private final int setGroup;
        private final int setUser;
        private final int compare;
        private final int getCapabilities;
        private final int setCapabilities;

        Machine(int setGroups, int setGroup, int setUser, int compare, int getCapabilities, int setCapabilities) {
            this.setGroups = setGroups;
            this.setGroup = setGroup;
            this.setUser = setUser;
            this.compare = compare;
            this.getCapabilities = getCapabilities;
            this.setCapabilities = setCapabilities;
        }
    }

    private static final int KCMP_VM = 1;
    private static final int PRIO_PROCESS = 0;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_IS_SET = 1;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int MOST_CAPABILITIES = 64;

    /** {@code _LINUX_CAPABILITY_VERSION_3}: a header, then effective, permitted and inheritable, low halves before high. */
    private static final int CAPABILITY_VERSION = 0x20080522;

    private static final int CAPABILITY_DATA = 8;

    private final LibC c;
    private final Posix posix;
    private final Runtime runtime;
    private final Machine machine = System.getProperty("os.arch").equals("aarch64") ? Machine.AARCH64 : Machine.X86_64;

    NativeAttributes(LibC c, Posix posix, Runtime runtime) {
        this.c = c;
        this.posix = posix;
        this.runtime = runtime;
    }

    private int result(long returned) {
        return returned == -1 ? -runtime.getLastError() : (int) returned;
    }

    @Override
    public int setGroups(int[] groups) {
        long list = c.calloc(groups.length + 1L, 4);
        if (list == 0) {
            return Errno.ENOMEM.negated();
        }
        for (int i = 0; i < groups.length; i++) {
            posix.putInt(list + i * 4L, groups[i]);
        }
        int done = result(c.syscall(machine.setGroups, groups.length, list, 0, 0));
        c.free(list);
        return done;
    }

    @Override
    public int setGroup(int real, int effective, int saved) {
        return result(c.syscall(machine.setGroup, real, effective, saved, 0));
    }

    @Override
    public int setUser(int real, int effective, int saved) {
        return result(c.syscall(machine.setUser, real, effective, saved, 0));
    }

    @Override
    public int keepCapabilities(boolean keep) {
        return result(c.prctl(PR_SET_KEEPCAPS, keep ? 1 : 0, 0, 0, 0));
    }

    @Override
    public int raiseCapabilities() {
        long block = c.calloc(1, CAPABILITY_DATA + 24);
        posix.putInt(block, CAPABILITY_VERSION);
        long data = block + CAPABILITY_DATA;
        int done = result(c.syscall(machine.getCapabilities, block, data, 0, 0));
        if (done >= 0) {
            posix.putInt(data, posix.getInt(data + 4));
            posix.putInt(data + 12, posix.getInt(data + 16));
            done = result(c.syscall(machine.setCapabilities, block, data, 0, 0));
        }
        c.free(block);
        return done;
    }

    @Override
    public long capabilities() {
        long block = c.calloc(1, CAPABILITY_DATA + 24);
        posix.putInt(block, CAPABILITY_VERSION);
        long data = block + CAPABILITY_DATA;
        int done = result(c.syscall(machine.getCapabilities, block, data, 0, 0));
        long effective = done < 0 ? 0 : (posix.getInt(data) & 0xffffffffL) | ((long) posix.getInt(data + 12) << 32);
        c.free(block);
        return effective;
    }

    @Override
    public List<Integer> ambientCapabilities() {
        List<Integer> found = new ArrayList<>();
        int is = 0;
        for (int i = 0; i < MOST_CAPABILITIES && is >= 0; i++) {
            is = result(c.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0));
            if (is > 0) {
                found.add(i);
            }
        }
        return found;
    }

    @Override
    public int dropAmbientCapabilities() {
        return result(c.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    }

    @Override
    public int raiseAmbientCapability(int capability) {
        return result(c.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
    }

    @Override
    public int[] groups() {
        int[] groups = new int[Math.max(0, c.getgroups(0, 0))];
        long list = c.calloc(groups.length + 1L, 4);
        int count = Math.min(groups.length, c.getgroups(groups.length, list));
        for (int i = 0; i < count; i++) {
            groups[i] = posix.getInt(list + i * 4L);
        }
        c.free(list);
        return groups;
    }

    @Override
    public int group() {
        return c.getegid();
    }

    @Override
    public int threadId() {
        return c.gettid();
    }

    @Override
    public int setLimit(int pid, int limit, long soft, long hard) {
        long pair = c.calloc(2, 8);
        posix.putLong(pair, soft);
        posix.putLong(pair + 8, hard);
        int done = result(c.prlimit(pid, limit, pair, 0));
        c.free(pair);
        return done;
    }

    @Override
    public int limit(int pid, int limit, long[] softAndHard) {
        long pair = c.calloc(2, 8);
        int done = result(c.prlimit(pid, limit, 0, pair));
        softAndHard[0] = posix.getLong(pair);
        softAndHard[1] = posix.getLong(pair + 8);
        c.free(pair);
        return done;
    }

    @Override
    public int setNice(int pid, int nice) {
        return result(c.setpriority(PRIO_PROCESS, pid, nice));
    }

    @Override
    public int sharesOurMemory(int pid) {
        int order = result(c.syscall(machine.compare, posix.pid(), pid, KCMP_VM, 0));
        return order < 0 ? order : order == 0 ? 1 : 0;
    }

    @Override
    public int makeFifo(String path) {
        long word = string(path);
        int done = result(c.mkfifo(word, 0600));
        c.free(word);
        return done;
    }

    @Override
    public int changeMode(String path, int mode) {
        long word = string(path);
        int done = result(c.chmod(word, mode));
        c.free(word);
        return done;
    }

    @Override
    public int awaitWritersEnd(int fifo, int eventfd) {
        // struct pollfd: fd, events, revents. The end of all writers is told without being asked for.
        long polls = c.calloc(2, 8);
        posix.putInt(polls, fifo);
        posix.putInt(polls + 8, eventfd);
        posix.putInt(polls + 12, Posix.EPOLLIN);
        int ready = result(c.poll(polls, 2, -1));
        while (Errno.EINTR.is(ready)) {
            ready = result(c.poll(polls, 2, -1));
        }
        boolean rung = posix.getInt(polls + 12) >>> 16 != 0;
        c.free(polls);
        return ready < 0 ? ready : rung ? 0 : 1;
    }

    @Override
    public long readAt(int fd, long address, long bytes, long offset) {
        long count = c.pread(fd, address, bytes, offset);
        return count < 0 ? -runtime.getLastError() : count;
    }

    private long string(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        long address = c.calloc(1, bytes.length + 1L);
        posix.putBytes(address, bytes, 0, bytes.length);
        return address;
    }
}

package papa.posix;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What proc(5) tells of processes. Nothing here waits for a disk, and nothing scans all processes of the machine: children
 * are read from their parent ({@code /proc/PID/task/TID/children}).
 *
 * <p>A pid alone names nobody for long, a pid with its start time does. One thread at a time.
 */
public final class Proc {
    /** In which the start times of processes are given: USER_HZ (proc(5), field 22 of stat). */
    public static final int TICKS_PER_SECOND = 100;

    private static final int READ_AT_ONCE = 64 * 1024;

    /**
     * A line of {@code /proc/PID/stat}.
     *
     * @param state R, S, D, T (stopped), t (traced), Z (ended, not reaped), X
     * @param threads how many; 1 is left of one that has ended
     * @param startTicks since the machine started
     * @param name as the program gave it, at most 15 bytes, any bytes
     */
    public record Stat(
            int pid, char state, int parent, int group, int session, int threads, long startTicks, String name) {
        /** Whether nothing of it runs any more. A first thread may end before the others. */
        public boolean hasEnded() {
            return (state == 'Z' || state == 'X') && threads <= 1;
        }

        public boolean isSame(Stat other) {
            return pid == other.pid && startTicks == other.startTicks;
        }

        static Optional<Stat> parse(int pid, String line) {
            int nameStart = line.indexOf('(');
            int nameEnd = line.lastIndexOf(')'); // the name may hold anything, so count from its end
            if (nameStart < 0 || nameEnd < nameStart) {
                return Optional.empty();
            }
            String[] fields = line.substring(nameEnd + 1).strip().split(" ", -1);
            if (fields.length < 20 || fields[0].length() != 1) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Stat(
                        pid,
                        fields[0].charAt(0),
                        Integer.parseInt(fields[1]),
                        Integer.parseInt(fields[2]),
                        Integer.parseInt(fields[3]),
                        Integer.parseInt(fields[17]),
                        Long.parseLong(fields[19]),
                        line.substring(nameStart + 1, nameEnd)));
            } catch (NumberFormatException garbled) {
                return Optional.empty();
            }
        }
    }

    private final Posix posix;
    private final long buffer;

    /**
     * Given up when no more files may be open (the spawner lowers the limit for moments). It is opened early, so that its
     * number is below any such limit.
     */
    private int spare;

    private int failures;
    private int lastFailure;
    private boolean blind;

    public Proc(Posix posix) {
        this.posix = posix;
        this.buffer = posix.allocate(READ_AT_ONCE);
        this.spare = posix.open("/dev/null", Posix.O_RDONLY, 0);
    }

    /**
     * How many readings have failed for want of something, so that what they did not tell may be there all the same. What
     * was learned while this number grew is not all there is: ask again later.
     */
    public int failures() {
        return failures;
    }

    /** Whether the last {@link #stat} or {@link #contents} failed in that way. */
    public boolean isBlind() {
        return blind;
    }

    /** The last of those, a negated errno. */
    public int lastFailure() {
        return lastFailure;
    }

    /** That a process is not there, or not ours to be looked at, is an answer; anything else is none. */
    private void note(long failure) {
        boolean answer = Errno.ENOENT.is(failure)
                || Errno.ESRCH.is(failure)
                || Errno.EACCES.is(failure)
                || Errno.EPERM.is(failure)
                || Errno.ENOTDIR.is(failure);
        if (!answer) {
            failures++;
            lastFailure = (int) failure;
        }
    }

    /** Empty if there is no such process, or if that cannot be told: see {@link #failures}. */
    public Optional<Stat> stat(int pid) {
        return Stat.parse(pid, contents("/proc/" + pid + "/stat"));
    }

    /** The children of all of a process's threads. One that ends meanwhile may hide another: ask twice. */
    public List<Integer> children(Stat parent) {
        if (parent.threads() <= 1) {
            return children(parent.pid(), parent.pid());
        }
        List<Integer> pids = new ArrayList<>();
        String[] threads = threads("/proc/" + parent.pid() + "/task");
        // The first thread has its pid for a number.
        for (String thread : threads == null ? new String[] {Integer.toString(parent.pid())} : threads) {
            pids.addAll(children(parent.pid(), Integer.parseInt(thread)));
        }
        return pids;
    }

    /** Null if they cannot be told. */
    private String @Nullable [] threads(String folder) {
        String[] threads = new File(folder).list();
        if (threads == null) {
            int fd = withSpare(() -> posix.open(folder, Posix.O_RDONLY, 0));
            if (fd < 0) {
                note(fd);
            } else {
                posix.close(fd); // its number is what was wanted, perhaps
                threads = new File(folder).list();
                keepSpare();
            }
        }
        return threads;
    }

    /** The children of one thread. */
    public List<Integer> children(int pid, int thread) {
        return numbers(contents("/proc/" + pid + "/task/" + thread + "/children"));
    }

    /** The numbers in a file of numbers. */
    public List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        int number = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            if (c >= '0' && c <= '9') {
                number = Math.max(number, 0) * 10 + (c - '0');
            } else if (number >= 0) {
                numbers.add(number);
                number = -1;
            }
        }
        return numbers;
    }

    /** The path of its cgroup of version 2 below the root of that hierarchy; empty if it cannot be told. */
    public String controlGroup(int pid) {
        return contents("/proc/" + pid + "/cgroup")
                .lines()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .map(line -> line.substring(3))
                .orElse("");
    }

    /** Device and inode of what another process has open at a number; false if that cannot be told. */
    public boolean identifyDescriptor(int pid, int number, long[] deviceAndInode) {
        String path = "/proc/" + pid + "/fd/" + number;
        int fd = withSpare(
                () -> posix.open(path, Posix.O_PATH, 0)); // does not open it again, a pipe's end stays what it is
        if (fd < 0) {
            note(fd);
            return false;
        }
        int kind = posix.identify(fd, deviceAndInode);
        close(fd);
        return kind >= 0;
    }

    /** Now, in the ticks of {@link Stat#startTicks}; 0 if it cannot be told. */
    public long nowTicks() {
        String uptime = contents("/proc/uptime");
        int end = uptime.indexOf(' ');
        try {
            return end < 0 ? 0 : Math.round(Double.parseDouble(uptime.substring(0, end)) * TICKS_PER_SECOND);
        } catch (NumberFormatException garbled) {
            return 0;
        }
    }

    /** A descriptor for a process, also while no more files may be open; close it with {@link #close}. */
    public int pidfdOpen(int pid) {
        return withSpare(() -> posix.pidfdOpen(pid));
    }

    public void close(int fd) {
        posix.close(fd);
        keepSpare();
    }

    private void keepSpare() {
        if (spare < 0) {
            spare = posix.open("/dev/null", Posix.O_RDONLY, 0);
        }
    }

    private int withSpare(IntSupplier open) {
        int fd = open.getAsInt();
        if ((Errno.EMFILE.is(fd) || Errno.ENFILE.is(fd)) && spare >= 0) {
            posix.close(spare);
            spare = -1;
            fd = open.getAsInt();
        }
        return fd;
    }

    /** All of a file of proc or of cgroups, as bytes; empty if it cannot be read. */
    public String contents(String path) {
        int before = failures;
        int fd = withSpare(() -> posix.open(path, Posix.O_RDONLY, 0));
        String text = "";
        if (fd < 0) {
            note(fd);
        } else {
            text = rest(fd);
            close(fd);
        }
        blind = failures != before;
        return text;
    }

    /** What there is to read from a descriptor. */
    public String rest(int fd) {
        StringBuilder text = new StringBuilder();
        long count = posix.read(fd, buffer, READ_AT_ONCE);
        while (count > 0) {
            byte[] bytes = new byte[(int) count];
            posix.getBytes(buffer, bytes, 0, bytes.length);
            text.append(new String(bytes, StandardCharsets.ISO_8859_1));
            count = posix.read(fd, buffer, READ_AT_ONCE);
        }
        if (count < 0) {
            note(count);
        }
        return text.toString();
    }
}

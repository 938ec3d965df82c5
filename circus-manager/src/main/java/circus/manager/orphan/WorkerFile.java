package circus.manager.orphan;

import circus.manager.file.OwnFile;
import circus.manager.kernel.Register;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of workers, beside the kernel's socket: which processes run, by pid and start, so that whoever comes after manager and kernel
 * were killed together can tell them from all others. A start and an end are one write(2) each, to memory of the file system, which
 * outlives us; nothing waits for a disk. What an earlier boot of the machine has left counts for nothing.
 *
 * <p>Lines of {@value #SIZE} bytes, filled up with blanks: first {@code circus-workers 1 BOOT-ID}, then {@code PID START-TICKS NAME} for
 * each worker, {@code ? SINCE-TICKS ENVIRONMENT NAME} for one that is to be started, or a blank line. A line is used again once its worker has ended, so there are as many as workers ever ran at once.
 *
 * <p>circus-loop only, but for {@link #read}.
 */
public final class WorkerFile implements Register {
    private static final System.Logger LOG = System.getLogger(WorkerFile.class.getName());
    private static final int SIZE = 128;
    private static final String MAGIC = "circus-workers 1 ";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** More than that no kernel runs; a file that is longer is none of ours. */
    private static final long MOST_BYTES = 65_536L * SIZE;

    private final Path path;
    private final FileChannel channel;
    private final Map<Long, Integer> lines = new HashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int next = 1;
    private boolean failed;

    private WorkerFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Who ran when the last manager wrote.
     *
     * @param asked may have been started, which nobody has told
     */
    public record Left(List<Recorded> workers, List<Asked> asked) {
        private static final Left NOTHING = new Left(List.of(), List.of());

        public boolean isNothing() {
            return workers.isEmpty() && asked.isEmpty();
        }
    }

    /** What the last manager wrote, in this boot of the machine; nothing if there is no such file. */
    public static Left read(Path path) {
        try {
            if (OwnFile.size(path).orElse(Long.MAX_VALUE) > MOST_BYTES) {
                LOG.log(
                        Level.WARNING,
                        "cannot use {0}: it is no file of ours; workers without a kernel are not found",
                        path);
                return Left.NOTHING;
            }
            List<String> found =
                    Files.readString(path, StandardCharsets.ISO_8859_1).lines().toList();
            if (found.isEmpty() || !found.get(0).strip().equals(MAGIC + boot())) {
                return Left.NOTHING;
            }
            List<Recorded> workers = new ArrayList<>();
            List<Asked> asked = new ArrayList<>();
            for (String line : found.subList(1, found.size())) {
                parse(line).ifPresent(workers::add);
                parseAsked(line).ifPresent(asked::add);
            }
            return new Left(workers, asked);
        } catch (NoSuchFileException first) {
            return Left.NOTHING;
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.WARNING, "cannot read {0}: {1}; workers without a kernel are not found", path, unreadable);
            return Left.NOTHING;
        }
    }

    private static Optional<Recorded> parse(String line) {
        String[] words = line.strip().split(" ", 3);
        try {
            return words.length < 3
                    ? Optional.empty()
                    : Optional.of(new Recorded(words[2], Integer.parseInt(words[0]), Long.parseLong(words[1])));
        } catch (NumberFormatException torn) {
            return Optional.empty();
        }
    }

    private static Optional<Asked> parseAsked(String line) {
        String[] words = line.strip().split(" ", 4);
        try {
            return words.length < 4 || !words[0].equals("?")
                    ? Optional.empty()
                    : Optional.of(new Asked(words[3], Long.parseLong(words[1]), words[2]));
        } catch (NumberFormatException torn) {
            return Optional.empty();
        }
    }

    /** Makes the file that takes the place of what is there. One that cannot be made is told, and nothing is written. */
    public static Register create(Path path) {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            FileChannel channel = FileChannel.open(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            WorkerFile file = new WorkerFile(path, channel);
            file.write(0, MAGIC + boot());
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException cannot) {
            LOG.log(
                    Level.WARNING,
                    "cannot write {0}: {1}; were circusd and the kernel killed together, workers would not be found again",
                    path,
                    cannot);
            return Register.NONE;
        }
    }

    private static String boot() throws IOException {
        return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    }

    /** Nobody is to find this file any more. */
    public static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException cannot) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", path, cannot);
        }
    }

    @Override
    public void isAsked(String name, Map<String, String> environment) {
        if (!asked.containsKey(name)) {
            int line = free.isEmpty() ? next++ : free.pop();
            Asked one = Asked.now(name, environment);
            asked.put(name, line);
            write(line, "? " + one.sinceTicks() + " " + one.environment() + " " + name);
        }
    }

    @Override
    public void isRefused(String name) {
        forget(asked.remove(name));
    }

    @Override
    public void runs(String name, long incarnation, int pid) {
        Optional<Kin> found = Kin.of(pid);
        if (found.isPresent() && !lines.containsKey(incarnation)) {
            Integer reserved = asked.remove(name);
            int line = reserved != null ? reserved : free.isEmpty() ? next++ : free.pop();
            lines.put(incarnation, line);
            write(line, pid + " " + found.get().startTicks() + " " + name);
        } else {
            isRefused(name);
        }
    }

    @Override
    public void isOver(long incarnation) {
        forget(lines.remove(incarnation));
    }

    private void forget(@Nullable Integer line) {
        if (line != null) {
            free.push(line);
            write(line, "");
        }
    }

    private void write(int line, String text) {
        byte[] bytes = (text.replace('\n', ' ') + " ".repeat(SIZE)).getBytes(StandardCharsets.ISO_8859_1);
        bytes[SIZE - 1] = '\n';
        ByteBuffer record = ByteBuffer.wrap(bytes, 0, SIZE);
        try {
            long at = (long) line * SIZE;
            while (record.hasRemaining()) {
                channel.write(record, at + record.position());
            }
        } catch (IOException cannot) {
            if (!failed) {
                LOG.log(
                        Level.WARNING,
                        "cannot write {0}: {1}; were circusd and the kernel killed together, workers would not be found"
                                + " again",
                        path,
                        cannot);
            }
            failed = true;
        }
    }
}

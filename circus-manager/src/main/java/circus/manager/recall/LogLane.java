package circus.manager.recall;

import circus.manager.file.OwnFile;
import circus.manager.line.LogLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * The older lines of a log file, and of those that it was before it was rotated, oldest first. A line whose time is not known counts as of the
 * time of the one before. One thread; waits for disks.
 */
final class LogLane implements Source {
    private static final System.Logger LOG = System.getLogger(LogLane.class.getName());
    private static final int BLOCK = 64 * 1024;

    /** Files get other names while one looks for them. */
    private static final int TRIES = 10;

    /** So often none of them is the one before it counts as gone. */
    private static final int MISSING = 3;

    /** A longer line is cut. */
    private static final int LONGEST = 256 * 1024;

    /** Of one log: so many files that were put aside, at most. Each that is gone costs some looks through the folder. */
    static final int MOST_PARTS = 1_000;

    /**
     * A part of a file that lines come from.
     *
     * @param path of the log; the file may have another name by now
     * @param inode by which it is found
     */
    record Part(Path path, String inode, long from, long to) {}

    /** A line may tell no more than a pid. */
    interface Directory {
        /**
         * Who had this pid.
         *
         * @param watcher empty for any
         * @param micros when; 0 if that is not known
         */
        @Nullable
        Speaker find(int pid, String watcher, long micros);
    }

    private final LogLine.Reader reader;
    private final Directory directory;
    private final String watcher;
    private final String stream;
    private final Predicate<Utterance> chosen;
    private final List<Part> parts;
    private byte[] block = new byte[0];
    private long blockAt;
    private @Nullable Utterance next;
    private long behindNext;
    private long lastMicros;

    /**
     * @param watcher whose all lines are, in lower case; empty if they say so themselves, or nobody knows
     * @param stream the channel of all lines; empty if nobody knows
     * @param chosen which lines count
     */
    LogLane(
            LogLine.Reader reader,
            Directory directory,
            String watcher,
            String stream,
            Predicate<Utterance> chosen,
            List<Part> parts) {
        this.reader = reader;
        this.directory = directory;
        this.watcher = watcher;
        this.stream = stream;
        this.chosen = chosen;
        this.parts = new ArrayList<>(parts);
    }

    /** What is left. */
    List<Part> parts() {
        return List.copyOf(parts);
    }

    @Override
    public @Nullable Utterance peek() {
        while (next == null && !parts.isEmpty()) {
            Part part = parts.get(0);
            byte[] line = part.from() < part.to() ? line(part) : null;
            if (line == null) {
                parts.remove(0);
                block = new byte[0];
                continue;
            }
            Utterance read = utterance(line, part.from());
            if (chosen.test(read)) {
                next = read;
            } else {
                take();
            }
        }
        return next;
    }

    @Override
    public void take() {
        Part part = parts.get(0);
        parts.set(0, new Part(part.path(), part.inode(), behindNext, part.to()));
        next = null;
    }

    private Utterance utterance(byte[] line, long at) {
        LogLine read = reader.read(line);
        lastMicros = Math.max(lastMicros, read.micros());
        String name = read.watcher().isEmpty() ? watcher : read.watcher().toLowerCase(Locale.ROOT);
        ByteBuffer text = read.message()
                .map(message -> ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)))
                .orElse(ByteBuffer.wrap(line, read.from(), line.length - read.from()));
        Speaker known =
                read.wid() == 0 && read.pid() > 0 ? directory.find(read.pid(), name, Math.max(0, read.micros())) : null;
        String channel = read.stream().isEmpty() ? stream : read.stream();
        return new Utterance(
                lastMicros,
                known == null ? new Speaker(0, read.pid(), 0, name + "." + read.wid()) : known,
                channel.equals("stderr") ? Channel.ERR : Channel.OUT,
                at,
                behindNext,
                text,
                false,
                false,
                0,
                read.micros() >= 0,
                !channel.isEmpty());
    }

    /** The line that begins there, and where the next one does; null at the end, or where nothing can be read. */
    private byte @Nullable [] line(Part part) {
        int length = BLOCK;
        while (true) {
            fill(part, length);
            int from = (int) (part.from() - blockAt);
            int to = (int) Math.min(block.length, part.to() - blockAt);
            for (int i = from; i < to; i++) {
                if (block[i] == '\n') {
                    behindNext = blockAt + i + 1;
                    return Arrays.copyOfRange(block, from, i);
                }
            }
            boolean isAll = blockAt + to >= part.to() || block.length < length;
            if (isAll || length >= LONGEST) {
                behindNext = blockAt + Math.max(to, from);
                return to <= from ? null : Arrays.copyOfRange(block, from, to);
            }
            length *= 2;
        }
    }

    private void fill(Part part, int length) {
        boolean has = part.from() >= blockAt && part.from() < blockAt + block.length;
        int end = block.length;
        while (has && end > 0 && block[end - 1] != '\n') {
            end--;
        }
        if (has && length == BLOCK && part.from() < blockAt + end) {
            return;
        }
        block = read(part, part.from(), length);
        blockAt = part.from();
    }

    /** Empty where there is nothing, or nothing can be read. A file that is being put aside is looked for again. */
    static byte[] read(Part part, long from, int count) {
        // A file that is none of ours has no number: who asks cannot ask for it.
        int missing = 0;
        for (int i = 0;
                i < TRIES && missing < MISSING && count > 0 && !part.inode().isEmpty();
                i++) {
            Path path = find(part);
            if (path == null) {
                missing++;
                continue;
            }
            try (FileChannel channel =
                    FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                if (!part.inode().equals(inode(path))) {
                    continue; // what was opened may be either
                }
                ByteBuffer bytes = ByteBuffer.allocate(count);
                while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
                    // Until all is there.
                }
                return Arrays.copyOf(bytes.array(), bytes.position());
            } catch (IOException gone) {
                LOG.log(Level.DEBUG, "a log is put aside while it is read", gone);
            }
        }
        return new byte[0];
    }

    private static @Nullable Path find(Part part) {
        if (part.inode().equals(inode(part.path()))) {
            return part.path();
        }
        return siblings(part.path()).stream()
                .filter(each -> part.inode().equals(inode(each)))
                .findFirst()
                .orElse(null);
    }

    /**
     * Device and number of a file of circusd's own; empty for what is none. Who may write to the folder of a log is not to have circusd
     * read another file to him: no link is followed, and what has two names may be meant by the other one.
     */
    static String inode(Path path) {
        try {
            Map<String, Object> is =
                    Files.readAttributes(path, "unix:dev,ino,uid,nlink,isRegularFile", LinkOption.NOFOLLOW_LINKS);
            boolean ours = Boolean.TRUE.equals(is.get("isRegularFile"))
                    && Integer.valueOf(1).equals(is.get("nlink"))
                    && Integer.valueOf(OwnFile.user()).equals(is.get("uid"));
            return ours ? is.get("dev") + ":" + is.get("ino") : "";
        } catch (IOException gone) {
            return "";
        }
    }

    /** What this file was before it was rotated, uncompressed ones only; the latest first. */
    static List<Path> siblings(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        String prefix = path.getFileName() + ".";
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            // Looked at once each: they may get other names, and so other times, while they are sorted.
            return all.filter(each -> {
                        String name = each.getFileName().toString();
                        return name.startsWith(prefix)
                                && name.substring(prefix.length()).matches("[0-9][0-9.]*");
                    })
                    .map(each -> Map.entry(modified(each), each))
                    .sorted(Map.Entry.<Long, Path>comparingByKey().reversed())
                    .map(Map.Entry::getValue)
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }

    private static long modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException gone) {
            return 0;
        }
    }

    /**
     * The same parts from where the last so many lines that count begin, or the first that is not too old.
     *
     * @param latestFirst whole files
     * @param lines at most so many
     * @param sinceMicros none that is older; a line without a time is too old
     * @param budget how many bytes to look at, at most
     * @return oldest first
     */
    List<Part> last(List<Part> latestFirst, long lines, long sinceMicros, long budget) {
        List<Part> found = new ArrayList<>();
        long wanted = lines;
        long left = budget;
        for (Part part : latestFirst) {
            long begin = part.to();
            long end = part.to();
            boolean enough = wanted <= 0;
            byte[] rest = new byte[0];
            for (long at = part.to(); at > 0 && !enough && left > 0; ) {
                int count = (int) Math.min(4 * BLOCK, at);
                byte[] head = read(part, at - count, count);
                if (head.length < count) {
                    break;
                }
                left -= count;
                at -= count;
                byte[] bytes = Arrays.copyOf(head, count + rest.length);
                System.arraycopy(rest, 0, bytes, count, rest.length);
                int stop = bytes.length;
                for (int i = bytes.length - 1; i >= -1 && !enough; i--) {
                    boolean starts = i < 0 ? at == 0 : bytes[i] == '\n' && i + 1 < stop;
                    if (!starts) {
                        continue;
                    }
                    int to = bytes[stop - 1] == '\n' ? stop - 1 : stop;
                    behindNext = end;
                    Utterance line = utterance(Arrays.copyOfRange(bytes, i + 1, to), at + i + 1);
                    lastMicros = 0;
                    if (chosen.test(line)) {
                        enough = sinceMicros > 0 && (!line.isTimed() || line.micros() < sinceMicros);
                        if (!enough) {
                            begin = at + i + 1;
                            wanted--;
                            enough = wanted <= 0;
                        }
                    }
                    stop = i + 1;
                }
                rest = stop > LONGEST ? new byte[0] : Arrays.copyOf(bytes, stop);
            }
            if (begin < part.to()) {
                found.add(0, new Part(part.path(), part.inode(), begin, part.to()));
            }
            if (enough || left <= 0) {
                break;
            }
        }
        return found;
    }
}

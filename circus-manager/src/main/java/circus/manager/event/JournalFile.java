package circus.manager.event;

import circus.manager.file.OwnFile;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The file of the journal: a ring of records ({@link EventRecord}), which the operating system keeps when the process is killed. A record is
 * one write(2) to memory of the file system; nothing waits for a disk. Not mapped: where such memory has gone (somebody cuts the file, a disk
 * fails), Java tells it by an error that comes a moment later, wherever circus-loop then is.
 *
 * <p>Each manager makes a file of its own, which takes the place of its predecessor's under the same name. So it is ours and of full length,
 * a full disk is told when it is made and not later, and who is about to die writes to a file without a name. What is found of the
 * predecessor is only read, and may hold anything.
 *
 * <p>The first 64 bytes: {@code circusEV}, version, size of the ring, first number, id of the machine's boot, and their CRC-32C. Version
 * history: 1 since 0.2.0.
 */
final class JournalFile {
    private static final System.Logger LOG = System.getLogger(JournalFile.class.getName());

    /** Bytes of the ring. */
    static final int CAPACITY = 1 << 20;

    static final int HEADER = 64;
    private static final int VERSION = 1;
    private static final byte[] MAGIC = "circusEV".getBytes(StandardCharsets.US_ASCII);
    private static final int BOOT_AT = 24;
    private static final int BOOT_BYTES = 36;
    private static final int CHECKED = BOOT_AT + BOOT_BYTES;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String OUR_USER = "rw-------";

    /**
     * What an earlier manager has left.
     *
     * @param base the first number of its numbering
     * @param thisBoot whether the machine has not been started anew since: only then the file is known to hold all that was written
     * @param next greater than all numbers that were given
     */
    record Left(long base, boolean thisBoot, List<KeptEvent> events, long next) {}

    private final Path path;
    private final FileChannel channel;
    private int position;

    private JournalFile(Path path, FileChannel channel, int position) {
        this.path = path;
        this.channel = channel;
        this.position = position;
    }

    /** What is there, if it is a whole file of ours. */
    static Optional<Left> read(Path path) {
        try {
            if (OwnFile.size(path).orElse(-1) != HEADER + CAPACITY) {
                LOG.log(Level.WARNING, "cannot use {0}: it is no journal of ours; events are kept anew", path);
                return Optional.empty();
            }
            return decode(Files.readAllBytes(path), path);
        } catch (NoSuchFileException first) {
            return Optional.empty();
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.WARNING, "cannot read {0}: {1}; events are kept anew", path, unreadable);
            return Optional.empty();
        }
    }

    private static Optional<Left> decode(byte[] bytes, Path path) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        boolean ours = bytes.length == HEADER + CAPACITY
                && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                && header.getInt(8) == VERSION
                && header.getInt(12) == CAPACITY
                && header.getLong(16) > 0
                && header.getInt(CHECKED) == check(bytes);
        if (!ours) {
            LOG.log(Level.WARNING, "cannot use {0}: it is damaged or of another version; events are kept anew", path);
            return Optional.empty();
        }
        long base = header.getLong(16);
        byte[] boot = boot();
        boolean thisBoot = boot[0] != 0 && Arrays.equals(bytes, BOOT_AT, CHECKED, boot, 0, BOOT_BYTES);
        EventRecord.Found found = EventRecord.scan(bytes, HEADER);
        return Optional.of(new Left(base, thisBoot, found.events(), Math.max(base, found.claimed() + 1)));
    }

    /** Makes the file that takes the place of what is there. */
    static JournalFile create(Path path, long base, List<KeptEvent> events) throws IOException {
        ByteBuffer image = ByteBuffer.allocate(HEADER + CAPACITY);
        image.put(MAGIC).putInt(VERSION).putInt(CAPACITY).putLong(base).put(boot());
        image.putInt(check(image.array()));
        events.forEach(event -> image.put(EventRecord.encode(event)));
        int position = image.position();
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        FileChannel channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OUR_USER)));
        try {
            // Zeros too, so that all blocks are there.
            write(channel, image.clear(), 0);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            return new JournalFile(path, channel, position);
        } catch (IOException cannot) {
            channel.close();
            Files.deleteIfExists(fresh);
            throw cannot;
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, int from) throws IOException {
        int at = from;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Writes a record in the place of the oldest. After an exception the file is of no more use. */
    void write(byte[] record) throws IOException {
        if (position + record.length > HEADER + CAPACITY) {
            // What is left of the last round would be taken for events that are still held.
            write(channel, ByteBuffer.allocate(HEADER + CAPACITY - position), position);
            position = HEADER;
        }
        write(channel, ByteBuffer.wrap(record), position);
        position += record.length;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException cannot) {
            LOG.log(Level.DEBUG, "cannot close {0}: {1}", path, cannot);
        }
    }

    /** Nobody is to find this file any more, be it ours or a predecessor's. */
    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException cannot) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", path, cannot);
        }
    }

    private static byte[] boot() {
        try {
            return Arrays.copyOf(Files.readAllBytes(BOOT_ID), BOOT_BYTES);
        } catch (IOException unknown) {
            return new byte[BOOT_BYTES];
        }
    }

    private static int check(byte[] file) {
        CRC32C sum = new CRC32C();
        sum.update(file, 0, CHECKED);
        return (int) sum.getValue();
    }
}

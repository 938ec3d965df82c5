package circus.manager.recall;

import circus.manager.file.OwnFile;
import circus.manager.watcher.Death;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;
import papa.wire.Frame.Channel;

/**
 * What a {@link Recall} knows, for the next manager: records one behind another, a write(2) for each batch, which the operating system keeps
 * when circusd is killed. When it has grown to twice what is still known, another one is written in its place. What is found of a
 * predecessor is only read, and may hold anything: it ends where a record is not whole. On circus-output only.
 *
 * <pre>
 *   header   "circusRC", version, CRC-32C of the instance's 32 bytes, those
 *   record   int length, int CRC-32C of the rest, byte kind, then
 *            SPEAKER  long incarnation, int pid, long started, name
 *            CHUNK    long incarnation, byte channel, long offset, long micros, bytes
 *            END      long incarnation
 *            DEATH    a JSON object
 *            SKIP     long incarnation, byte channel: what came before the next chunk of it was let go of unwritten
 * </pre>
 *
 * <p>Version history: 1 since 0.2.0.
 */
final class RecallFile {
    private static final System.Logger LOG = System.getLogger(RecallFile.class.getName());
    private static final byte[] MAGIC = "circusRC".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int INSTANCE_BYTES = 32;
    private static final int HEADER = MAGIC.length + 8 + INSTANCE_BYTES;
    private static final int RECORD_HEADER = 8;
    private static final byte SPEAKER = 1;
    private static final byte CHUNK = 2;
    private static final byte END = 3;
    private static final byte DEATH = 4;
    private static final byte SKIP = 5;
    private static final String OUR_USER = "rw-------";

    /** Of a file that is larger, somebody else must be the author. */
    private static final long LONGEST = 128L << 20;

    /** So much is not worth another file. */
    private static final long SLACK = 1L << 20;

    /** Gets what a file holds. */
    interface Reader {
        void speaker(Speaker speaker);

        void chunk(Voice voice, Chunk chunk);

        /** What was told of this stream so far does not reach to what comes next: of that in between nothing is known here. */
        void skipped(Voice voice);

        void ended(long incarnation);

        void death(Death death);
    }

    /**
     * What of a stream is not in the file.
     *
     * @param isTorn whether bytes between the file's and these were let go of; they are not lost, only not here
     */
    record News(boolean isTorn, List<Chunk> chunks) {
        static final News NONE = new News(false, List.of());
    }

    private final Path target;
    private final Path fresh;
    private final FileChannel channel;
    private final Map<Voice, Long> written = new HashMap<>();
    private long position = HEADER;

    private RecallFile(Path target, Path fresh, FileChannel channel) {
        this.target = target;
        this.fresh = fresh;
        this.channel = channel;
    }

    Path path() {
        return target;
    }

    /** Under a name of its own, until {@link #publish}. */
    static RecallFile create(Path target, String instance) throws IOException {
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        FileChannel channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OUR_USER)));
        byte[] kernel = instance(instance);
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.put(MAGIC).putInt(VERSION).putInt(check(ByteBuffer.wrap(kernel))).put(kernel);
        write(channel, header.flip(), 0);
        return new RecallFile(target, fresh, channel);
    }

    /** It takes the place of what was there. */
    void publish() throws IOException {
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] instance(String instance) {
        return Arrays.copyOf(instance.getBytes(StandardCharsets.UTF_8), INSTANCE_BYTES);
    }

    /**
     * The records of what is new.
     *
     * @param news speakers, voices that have said something, incarnations that have ended, and deaths
     * @param unwritten what a voice has said from an offset on
     */
    ByteBuffer encode(List<Object> news, BiFunction<Voice, Long, News> unwritten) {
        List<ByteBuffer> records = new ArrayList<>();
        for (Object each : news) {
            if (each instanceof Speaker speaker) {
                byte[] name = speaker.name().getBytes(StandardCharsets.UTF_8);
                ByteBuffer record = record(SPEAKER, 8 + 4 + 8 + name.length);
                records.add(record.putLong(speaker.incarnation())
                        .putInt(speaker.pid())
                        .putLong(speaker.startedMicros())
                        .put(name));
            } else if (each instanceof Voice voice) {
                News fresh = unwritten.apply(voice, written.getOrDefault(voice, 0L));
                if (fresh.isTorn() && written.containsKey(voice)) {
                    records.add(put(record(SKIP, 8 + 1), voice));
                }
                for (Chunk chunk : fresh.chunks()) {
                    ByteBuffer record = record(CHUNK, 8 + 1 + 8 + 8 + chunk.bytes().length);
                    records.add(put(record, voice)
                            .putLong(chunk.offset())
                            .putLong(chunk.micros())
                            .put(chunk.bytes()));
                    written.put(voice, chunk.end());
                }
            } else if (each instanceof Death death) {
                byte[] json = Deaths.encode(death);
                records.add(record(DEATH, json.length).put(json));
            } else if (each instanceof Long incarnation) {
                records.add(record(END, 8).putLong(incarnation));
                written.remove(new Voice(incarnation, Channel.OUT));
                written.remove(new Voice(incarnation, Channel.ERR));
            }
        }
        ByteBuffer all = ByteBuffer.allocate(
                records.stream().mapToInt(ByteBuffer::capacity).sum());
        for (ByteBuffer record : records) {
            record.putInt(4, check(record.flip().slice(RECORD_HEADER, record.limit() - RECORD_HEADER)));
            all.put(record);
        }
        return all.flip();
    }

    private static ByteBuffer put(ByteBuffer record, Voice voice) {
        return record.putLong(voice.incarnation()).put(voice.channel() == Channel.OUT ? (byte) 0 : (byte) 1);
    }

    private static Voice voice(ByteBuffer record) {
        return new Voice(record.getLong(), record.get() == 0 ? Channel.OUT : Channel.ERR);
    }

    private static ByteBuffer record(byte kind, int length) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER + 1 + length);
        return record.putInt(1 + length).putInt(0).put(kind);
    }

    private static int check(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return (int) sum.getValue();
    }

    void append(ByteBuffer records) throws IOException {
        int count = records.remaining();
        write(channel, records, position);
        position += count;
    }

    /** Whether most of it is of no use any more, where so many bytes are known. */
    boolean isLong(long known) {
        return position > 2 * known + SLACK;
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException cannot) {
            LOG.log(Level.DEBUG, "cannot close {0}: {1}", target, cannot);
        }
    }

    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException cannot) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", path, cannot);
        }
    }

    /** What a predecessor has left, if it is of this kernel. */
    static void read(Path path, String instance, Reader reader) {
        try {
            if (OwnFile.size(path).orElse(Long.MAX_VALUE) > LONGEST) {
                LOG.log(Level.WARNING, "cannot use {0}: it is none of ours; output is remembered anew", path);
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
            byte[] magic = new byte[MAGIC.length];
            byte[] kernel = new byte[INSTANCE_BYTES];
            if (bytes.remaining() < HEADER) {
                return;
            }
            bytes.get(magic);
            int version = bytes.getInt();
            int sum = bytes.getInt();
            bytes.get(kernel);
            if (Arrays.equals(magic, MAGIC)
                    && version == VERSION
                    && sum == check(ByteBuffer.wrap(kernel))
                    && Arrays.equals(kernel, instance(instance))) {
                records(bytes, reader);
            }
        } catch (NoSuchFileException first) {
            LOG.log(Level.DEBUG, "no output is remembered in {0}", path);
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.WARNING, "cannot read {0}: {1}; output is remembered anew", path, unreadable);
        }
    }

    private static void records(ByteBuffer bytes, Reader reader) {
        while (bytes.remaining() > RECORD_HEADER) {
            int length = bytes.getInt();
            int sum = bytes.getInt();
            if (length <= 0 || length > bytes.remaining()) {
                return;
            }
            ByteBuffer record = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            if (sum != check(record.duplicate())) {
                return;
            }
            try {
                record(record, reader);
            } catch (BufferUnderflowException tooShort) {
                return;
            }
        }
    }

    private static void record(ByteBuffer record, Reader reader) {
        switch (record.get()) {
            case SPEAKER -> {
                long incarnation = record.getLong();
                int pid = record.getInt();
                long started = record.getLong();
                reader.speaker(
                        new Speaker(incarnation, pid, started, new String(rest(record), StandardCharsets.UTF_8)));
            }
            case CHUNK -> {
                Voice voice = voice(record);
                long offset = record.getLong();
                long micros = record.getLong();
                reader.chunk(voice, new Chunk(offset, micros, rest(record)));
            }
            case SKIP -> reader.skipped(voice(record));
            case END -> reader.ended(record.getLong());
            case DEATH -> Deaths.decode(rest(record)).ifPresent(reader::death);
            default -> LOG.log(Level.DEBUG, "a later version has remembered more");
        }
    }

    private static byte[] rest(ByteBuffer record) {
        byte[] rest = new byte[record.remaining()];
        record.get(rest);
        return rest;
    }
}

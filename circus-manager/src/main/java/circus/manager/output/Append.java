package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens a file if need be, looks whether it is as it was left, and if so appends: all that is done with a file for one
 * plan, in one go on a disk thread. With no bytes it only opens and looks.
 *
 * @param appender the open file; null when it is to be opened by its name
 * @param expected how it was left; null when nothing is known of it
 * @param followsName whether to look where the name leads by now, and go there
 * @param isForced whether to append although the file's length is another
 * @param bytes of which those from {@code from} to {@code to} are appended
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, and changed by nobody meanwhile.
record Append(
        LogStore store,
        Path path,
        FileCare care,
        LogStore.@Nullable Appender appender,
        @Nullable Expected expected,
        boolean followsName,
        boolean isForced,
        byte[] bytes,
        int from,
        int to)
        implements DiskTask.Work<Append.Outcome> {
    private static final byte[] NOTHING = {};

    /** How a file was left. */
    record Expected(FileIdentity identity, long size) {}

    /**
     * What was found and done.
     *
     * @param appender the open file
     * @param isAsExpected if not, nothing was written, and the next three are about the file as it is
     * @param size in front of what was written
     * @param end its last bytes; null when they cannot be had
     * @param modifiedMicros when it was written last
     * @param written how many bytes
     * @param failure why it were not all; then the file is closed
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and changed by nobody.
    record Outcome(
            LogStore.Appender appender,
            boolean isAsExpected,
            long size,
            byte @Nullable [] end,
            long modifiedMicros,
            int written,
            @Nullable IOException failure) {}

    /** Only opens a file of which nothing is known. */
    static Append open(LogStore store, Path path, FileCare care) {
        return new Append(store, path, care, null, null, false, false, NOTHING, 0, 0);
    }

    @Override
    public Outcome carryOut() throws IOException {
        LogStore.Appender file = appender;
        try {
            if (file != null && followsName && !leadsTo(file.identity())) {
                LogStore.Appender left = file;
                file = null;
                left.close();
            }
            if (file == null) {
                file = store.open(path, care.mode());
            }
            long size = file.size();
            if (!isExpected(file.identity(), size)) {
                return new Outcome(file, false, size, end(file, size), file.modifiedMicros(), 0, null);
            }
            return append(file, size);
        } catch (IOException | RuntimeException e) {
            closeQuietly(file);
            throw e;
        }
    }

    private boolean isExpected(FileIdentity identity, long size) {
        return expected != null && expected.identity().equals(identity) && (isForced || expected.size() == size);
    }

    private Outcome append(LogStore.Appender file, long size) {
        int at = from;
        try {
            if (at < to) {
                Failpoint.BEFORE_WRITE.pass();
            }
            while (at < to) {
                at += file.append(bytes, at, to);
            }
            if (from < to) {
                Failpoint.AFTER_WRITE.pass();
            }
        } catch (IOException e) {
            closeQuietly(file);
            return new Outcome(file, true, size, NOTHING, 0, at - from, e);
        }
        return new Outcome(file, true, size, NOTHING, 0, to - from, null);
    }

    private boolean leadsTo(FileIdentity identity) throws IOException {
        try {
            return store.look(path).identity().equals(identity);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Only by its name can a file be read that is open for appending; by then that may lead elsewhere. */
    private byte @Nullable [] end(LogStore.Appender file, long size) throws IOException {
        if (size == 0) {
            return NOTHING;
        }
        Path real = file.realPath();
        try {
            if (!store.look(real).identity().equals(file.identity())) {
                return null;
            }
            int count = (int) Math.min(size, LastBytes.COUNT);
            return store.read(real, size - count, count);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void closeQuietly(LogStore.@Nullable Appender file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // What was written was told; nothing can be done about the rest.
        }
    }
}

package circus.manager.output;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All log files of this manager: one {@link LogFile} per file, whatever its names; those that cannot be written at
 * present; and which ones are open. Runs on circus-output only.
 */
final class LogFiles {
    private static final Logger LOGGER = System.getLogger(LogFiles.class.getName());
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_OPEN = 512;

    /** What the streams of a file have to know. */
    interface Users {
        /** The file cannot be written: its streams shall forget what was not planned, and wait. */
        void held(LogFile file);

        /** It can be written again. */
        void released(LogFile file);

        /** It turned out to be another one under a second name; nothing was written by this name. */
        void replaced(LogFile file, LogFile by);
    }

    private static final class Hold {
        final long sinceNanos;
        long retryNanos;

        Hold(long nowNanos) {
            sinceNanos = nowNanos;
            retryNanos = nowNanos + RETRY_NANOS;
        }
    }

    private final LogStore store;
    private final Buffers buffers = new Buffers();
    private final String recordPrefix;
    private final Map<FileIdentity, LogRecord> recovered;
    private final Users users;
    private final Map<Path, LogFile> byPath = new HashMap<>();
    private final Map<FileIdentity, LogFile> byIdentity = new HashMap<>();
    private final Map<LogFile, Hold> holds = new LinkedHashMap<>();
    private final Set<LogFile> busy = new LinkedHashSet<>();

    /** Least recently used first. */
    private final Set<LogFile> open = new LinkedHashSet<>();

    /** Those that were looked at in this turn. */
    private final Set<LogFile> prepared = new LinkedHashSet<>();

    private long nowNanos;
    private long bytesWritten;
    private long troubles;

    /** @param namePrefix {@code circus.ARB.} */
    LogFiles(LogStore store, String namePrefix, Map<FileIdentity, LogRecord> recovered, Users users) {
        this.store = store;
        this.recordPrefix = namePrefix + "log.";
        this.recovered = new HashMap<>(recovered);
        this.users = users;
    }

    /** The name of the value in which the kernel keeps a file's record. */
    String recordName(LogFile file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(file.realPath().toString().getBytes(StandardCharsets.UTF_8));
            return recordPrefix + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot live without SHA-256, which every Java has", e);
        }
    }

    /** Opens the files in which a line is to be completed, whether anybody writes to them or not. */
    void resume() {
        for (LogRecord record : List.copyOf(recovered.values())) {
            if (record.plan() != null) {
                at(Path.of(record.path()));
            }
        }
    }

    /** A new batch begins: files are to be looked at again. */
    void begin(long now) {
        nowNanos = now;
        prepared.clear();
    }

    /** The file of this name; opened at once, so that what is wrong with it is told early. */
    LogFile at(Path path) {
        LogFile known = byPath.get(path);
        if (known != null) {
            return known;
        }
        LogFile file = new LogFile(path, this, buffers);
        byPath.put(path, file);
        try {
            return open(file);
        } catch (IOException e) {
            hold(file, e);
            return file;
        }
    }

    /** Opens a file, or finds the one that it is already by another name. */
    private LogFile open(LogFile file) throws IOException {
        makeRoom();
        FileIdentity before = file.identity();
        FileIdentity identity = file.open(store, recovered);
        if (before != null && !before.equals(identity)) {
            byIdentity.remove(before, file);
        }
        LogFile same = byIdentity.get(identity);
        if (before == null && same != null && isStill(same, identity)) {
            file.close();
            byPath.put(file.path(), same);
            return same;
        }
        byIdentity.put(identity, file);
        open.add(file);
        return file;
    }

    /** Whether a file that we know is this one still; the system gives the numbers of deleted files to new ones. */
    private boolean isStill(LogFile known, FileIdentity identity) {
        try {
            return known.isOpen() || store.look(known.path()).identity().equals(identity);
        } catch (IOException e) {
            return false;
        }
    }

    private void makeRoom() throws IOException {
        while (open.size() >= MOST_OPEN) {
            LogFile idle =
                    open.stream().filter(each -> !each.isBusy()).findFirst().orElse(null);
            if (idle == null) {
                return;
            }
            open.remove(idle);
            idle.close();
        }
    }

    /** Makes sure that a file is open and as we know it. Whether it can take more. */
    boolean prepare(LogFile file) {
        if (holds.containsKey(file)) {
            return false;
        }
        if (file.isOpen() && !prepared.add(file)) {
            return true;
        }
        try {
            if (file.isOpen()) {
                file.lookAgain(store);
                open.remove(file);
                open.add(file);
            } else {
                open(file);
                prepared.add(file);
            }
            return true;
        } catch (IOException e) {
            hold(file, e);
            return false;
        }
    }

    /** Something may be staged for this file. */
    void touched(LogFile file) {
        busy.add(file);
    }

    boolean isHeld(LogFile file) {
        return holds.containsKey(file);
    }

    private void hold(LogFile file, IOException e) {
        holds.put(file, new Hold(nowNanos));
        troubles++;
        LOGGER.log(
                Level.WARNING,
                "cannot write " + file.path() + ": " + Reason.of(e)
                        + "; what it shall receive waits in the kernel, and it is tried again every second");
        file.unstage();
        users.held(file);
    }

    /** Tries those again whose time has come. */
    void retry() {
        for (Map.Entry<LogFile, Hold> each : List.copyOf(holds.entrySet())) {
            if (each.getValue().retryNanos <= nowNanos) {
                retry(each.getKey(), each.getValue());
            }
        }
    }

    private void retry(LogFile file, Hold hold) {
        hold.retryNanos = nowNanos + RETRY_NANOS;
        LogFile now;
        try {
            open.remove(file);
            file.close();
            now = open(file);
            if (now == file && !file.isAsLeft()) {
                file.startOver(store);
            }
            if (now == file && file.canWrite()) {
                bytesWritten += file.write();
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "still cannot write {0}: {1}", file.path(), Reason.of(e));
            return;
        }
        holds.remove(file);
        long seconds = Duration.ofNanos(nowNanos - hold.sinceNanos).toSeconds();
        LOGGER.log(Level.INFO, "writing " + file.path() + " again after " + seconds + " s");
        if (now == file) {
            users.released(file);
        } else {
            users.replaced(file, now);
        }
    }

    /** Writes every plan that the kernel knows. */
    void write() {
        for (LogFile file : List.copyOf(busy)) {
            if (file.canWrite() && !isHeld(file)) {
                try {
                    bytesWritten += file.write();
                } catch (IOException e) {
                    hold(file, e);
                }
            }
        }
    }

    /** Plans what is staged; the files whose records tell something new by that. */
    List<LogFile> plan() {
        List<LogFile> planned = new ArrayList<>();
        for (LogFile file : busy) {
            if (!isHeld(file) && file.plan()) {
                planned.add(file);
            }
        }
        return planned;
    }

    /** Those whose last write was not committed yet. Forgets those for which nothing is to be done. */
    List<LogFile> dirty() {
        busy.removeIf(file -> !file.isBusy());
        return busy.stream().filter(LogFile::isDirty).toList();
    }

    /** Whether something is on its way that can be brought to an end. */
    boolean isBusy() {
        return busy.stream().anyMatch(file -> file.isBusy() && !isHeld(file));
    }

    /** When {@link #retry} has something to do. */
    long nextDeadlineNanos() {
        return holds.values().stream().mapToLong(hold -> hold.retryNanos).min().orElse(Long.MAX_VALUE);
    }

    OutputCounts counts(long bytesLost) {
        return new OutputCounts(bytesWritten, bytesLost, holds.size(), troubles);
    }

    void close() {
        for (LogFile file : open) {
            try {
                file.close();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "cannot close " + file.path() + ": " + Reason.of(e));
            }
        }
        open.clear();
    }
}

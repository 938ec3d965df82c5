package circus.manager.output;

import circus.manager.disk.Crew;
import circus.manager.disk.DiskTask;
import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Rotation;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All log files of this manager: one {@link LogFile} per file, whatever its names; what of them the crew is at; those
 * that cannot be written at present; and which ones are open. Runs on circus-output only.
 */
final class LogFiles {
    private static final Logger LOGGER = System.getLogger(LogFiles.class.getName());

    /** A file that does not answer for so long is held as one that cannot be written. */
    private static final long STUCK_NANOS = Duration.ofSeconds(1).toNanos();

    /** A disk that takes no longer than this is waited for when much is to be written, so that nothing is sent twice. */
    private static final long PATIENCE_NANOS = Duration.ofMillis(50).toNanos();

    /** When so much is staged for all files, it is time to wait for disks. */
    private static final long MUCH = 8 * 1024 * 1024;

    /** A disk that takes no longer than this is waited for in any flood: what comes meanwhile comes together then, and makes one plan. */
    private static final long MOMENT_NANOS = Duration.ofMillis(5).toNanos();

    /** When so much is staged for all files, it is a flood. */
    private static final long FLOOD = 64 * 1024;

    /** When so much is staged for all files, no file takes more. */
    private static final long TOO_MUCH = 32 * 1024 * 1024;

    private static final int MOST_OPEN = 512;

    /** So long after its time a file is put aside that nobody writes to: lines of before may be on their way. */
    private static final long GRACE_MICROS = 500_000;

    /** So long nothing is put aside that could not be. */
    private static final long NO_TURNS_NANOS = Duration.ofMinutes(1).toNanos();

    /** What the streams of a file have to know. */
    interface Users {
        /** The file cannot be written: its streams shall forget what was not planned, and wait. */
        void held(LogFile file);

        /** It can be written again. */
        void released(LogFile file);

        /** It turned out to be another one under a second name; nothing was written by this name. */
        void replaced(LogFile file, LogFile by);
    }

    private final LogStore store;
    private final Crew crew;
    private final Buffers buffers = new Buffers();
    private final String recordPrefix;
    private final ZoneId zone;
    private final LongSupplier wallMicros;
    private final Recoveries recoveries;
    private final Users users;
    private final Map<Path, LogFile> byPath = new HashMap<>();
    private final Map<FileIdentity, LogFile> byIdentity = new HashMap<>();
    private final Holds holds = new Holds();
    private final Compression compression;
    private final Set<LogFile> busy = new LinkedHashSet<>();

    /** Those that may have to be put aside at a time. */
    private final Set<LogFile> timed = new LinkedHashSet<>();

    /** Those that could not be put aside, and when it may be tried again. */
    private final Map<LogFile, Long> untilTurns = new HashMap<>();

    /** What the crew was handed, the oldest first, and when. */
    private final Map<LogFile, Long> atWork = new LinkedHashMap<>();

    /** Least recently used first. */
    private final Set<LogFile> open = new LinkedHashSet<>();

    private long nowNanos;
    private long bytesWritten;

    /** How many bytes waited to be planned when the batch began. */
    private long staged;

    /**
     * Knows of no file yet.
     *
     * @param namePrefix {@code circus.ARB.}
     * @param wallMicros the time, in microseconds since 1970
     */
    LogFiles(
            LogStore store,
            Crew crew,
            String namePrefix,
            ZoneId zone,
            LongSupplier wallMicros,
            Recoveries recoveries,
            Users users) {
        this.store = store;
        this.crew = crew;
        this.recordPrefix = namePrefix + "log.";
        this.zone = zone;
        this.wallMicros = wallMicros;
        this.recoveries = recoveries;
        this.users = users;
        this.compression = new Compression(store, busy::add);
    }

    /** The name of the value in which the kernel keeps a file's record. */
    String recordName(LogFile file) {
        return file.name(path -> recordName(recordPrefix, path.toString()));
    }

    static String recordName(String prefix, String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return prefix + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot live without SHA-256, which every Java has", e);
        }
    }

    /** Opens the files in which something is to be completed, whether anybody writes to them or not. */
    void resume() {
        Recovery.Outcome recovered = recoveries.outcome();
        for (LogRecord record : recovered.records().values()) {
            if (record.plan() != null || record.turn() != null) {
                known(Path.of(record.path()));
            }
        }
        recovered.turned().keySet().forEach(path -> known(Path.of(path)));
    }

    /** A new batch begins. */
    void begin(long now) {
        nowNanos = now;
        complete();
        staged = busy.stream().mapToLong(LogFile::stagedLength).sum();
    }

    /** The file of this name. It is opened soon, so that what is wrong with it is told before anybody writes. */
    LogFile at(Path path, FileCare care) {
        LogFile file = known(path);
        file.care(care, zone, wallMicros.getAsLong());
        if (care.rotation() instanceof Rotation.ByTime) {
            timed.add(file);
        }
        return file;
    }

    private LogFile known(Path path) {
        return byPath.computeIfAbsent(path, added -> {
            LogFile file = new LogFile(added, this, buffers);
            busy.add(file);
            return file;
        });
    }

    /** The time, in microseconds since 1970. */
    long nowMicros() {
        return wallMicros.getAsLong();
    }

    /** Whether a file can take more. */
    boolean prepare(LogFile file) {
        return file.isKnown() && !isHeld(file) && (staged < TOO_MUCH || file.stagedLength() == 0);
    }

    /** Something may be staged for this file. */
    void touched(LogFile file) {
        busy.add(file);
    }

    /** Goes to where the names lead by now, each file as soon as nothing of it is under way. */
    void reopen() {
        Set.copyOf(byPath.values()).forEach(LogFile::reopen);
    }

    // ---- what the crew does ----

    /** Hands over what is to be done on disks. */
    void work() {
        crew.look(nowNanos);
        List<DiskTask<?>> tasks = new ArrayList<>();
        for (LogFile file : busy) {
            boolean isRetry = holds.isDue(file, nowNanos);
            if (isRetry || !isHeld(file)) {
                DiskTask.Work<?> work = nextWork(file, isRetry);
                if (work != null) {
                    atWork.put(file, nowNanos);
                    open.remove(file);
                    tasks.add(task(file, work));
                }
            }
        }
        makeRoom(tasks);
        tasks.addAll(recoveries.tasks(nowNanos));
        tasks.addAll(compression.takeBegun());
        crew.hand(tasks);
    }

    private DiskTask.@Nullable Work<?> nextWork(LogFile file, boolean isRetry) {
        DiskTask.Work<?> work = file.nextWork(store, isRetry);
        if (work == null && file.isKnown() && !file.isAtWork()) {
            work = compression.takeFinish(file);
            if (work != null) {
                file.begin();
            }
        }
        return work;
    }

    private DiskTask<?> task(LogFile file, DiskTask.Work<?> work) {
        if (work instanceof Append append) {
            return new DiskTask<>(file.lane(), append, new Appended(file));
        }
        if (work instanceof Compression.Finish finish) {
            return new DiskTask<>(file.lane(), finish, new Compressed(file));
        }
        return new DiskTask<>(file.lane(), (Rotate) work, new Rotated(file));
    }

    /** Closes those that were used least recently, if too many are open. */
    private void makeRoom(List<DiskTask<?>> tasks) {
        if (open.size() + tasks.size() <= MOST_OPEN) {
            return;
        }
        List<LogFile> idle = open.stream()
                .filter(each -> !each.isBusy())
                .limit(open.size() + tasks.size() - MOST_OPEN)
                .toList();
        for (LogFile file : idle) {
            open.remove(file);
            close(file, tasks);
        }
    }

    private static void close(LogFile file, List<DiskTask<?>> tasks) {
        LogStore.Appender closing = file.letGo();
        if (closing != null) {
            tasks.add(0, Closing.task(file, closing));
        }
    }

    /** Takes in what has come of it. */
    void complete() {
        crew.takeDone().forEach(DiskTask::complete);
    }

    private void gaveUp(LogFile file, IOException reason) {
        atWork.remove(file);
        file.failed();
        hold(file, Reason.of(reason));
    }

    private final class Appended implements DiskTask.Completion<Append.Outcome> {
        private final LogFile file;

        Appended(LogFile file) {
            this.file = file;
        }

        @Override
        public void failed(IOException reason) {
            gaveUp(file, reason);
        }

        @Override
        public void done(Append.Outcome outcome) {
            atWork.remove(file);
            busy.add(file);
            bytesWritten += outcome.written();
            FileIdentity before = file.identity();
            FileIdentity now = outcome.appender().identity();
            if (before == null) {
                opened(outcome, now);
                return;
            }
            boolean restages = file.done(outcome);
            renumber(file, before);
            IOException failure = outcome.failure();
            if (failure != null) {
                hold(file, Reason.of(failure));
                return;
            }
            open.add(file);
            goOn(file, restages);
        }

        private void opened(Append.Outcome outcome, FileIdentity identity) {
            if (recoveries.holds(outcome.appender().realPath())) {
                file.failed();
                crew.hand(List.of(Closing.task(file, outcome.appender())));
                hold(file, "what an earlier manager has written to it cannot be seen yet");
                return;
            }
            LogFile same = byIdentity.get(identity);
            if (same != null && isStill(same, outcome)) {
                file.failed();
                crew.hand(List.of(Closing.task(file, outcome.appender())));
                byPath.put(file.path(), same);
                busy.remove(file);
                holds.remove(file);
                users.replaced(file, same);
                return;
            }
            file.opened(outcome, recoveries.outcome());
            if (file.isBusy()) {
                busy.add(file);
            }
            byIdentity.put(identity, file);
            open.add(file);
            compression.look(file);
            if (isHeld(file)) {
                release(file);
            } else if (file.takesAgain()) {
                users.released(file);
            }
        }
    }

    private final class Rotated implements DiskTask.Completion<Rotate.Outcome> {
        private final LogFile file;

        Rotated(LogFile file) {
            this.file = file;
        }

        @Override
        public void failed(IOException reason) {
            gaveUp(file, reason);
        }

        @Override
        public void done(Rotate.Outcome outcome) {
            atWork.remove(file);
            busy.add(file);
            open.add(file);
            FileIdentity before = file.identity();
            boolean hasTurned = file.turned(outcome.opened());
            renumber(file, before);
            IOException failure = outcome.failure();
            if (failure != null) {
                LOGGER.log(
                        Level.WARNING,
                        "cannot rotate " + file.path() + ": " + Reason.of(failure)
                                + (hasTurned ? "" : "; it grows, and it is tried again in a minute"));
            }
            if (!hasTurned) {
                file.canTurn(false);
                untilTurns.put(file, nowNanos + NO_TURNS_NANOS);
            }
            if (hasTurned) {
                compression.look(file);
            }
            goOn(file, !hasTurned);
        }
    }

    private final class Compressed implements DiskTask.Completion<Boolean> {
        private final LogFile file;

        Compressed(LogFile file) {
            this.file = file;
        }

        @Override
        public void failed(IOException reason) {
            end();
            compression.failed(file, reason);
        }

        @Override
        public void done(Boolean outcome) {
            end();
            compression.finished(file);
        }

        private void end() {
            atWork.remove(file);
            file.end();
            if (file.isOpen()) {
                open.add(file);
            }
            goOn(file, false);
        }
    }

    /** It may be another file than before. */
    private void renumber(LogFile file, @Nullable FileIdentity before) {
        FileIdentity now = file.identity();
        if (before != null && now != null && !before.equals(now)) {
            byIdentity.remove(before, file);
            byIdentity.put(now, file);
        }
    }

    /**
     * It can be written.
     *
     * @param restages whether its streams have to send again what was not planned
     */
    private void goOn(LogFile file, boolean restages) {
        if (restages && !isHeld(file)) {
            users.held(file);
            users.released(file);
        }
        release(file);
        if (file.takesAgain()) {
            users.released(file);
        }
    }

    /** Whether a file that we know is this one still; the system gives the numbers of deleted files to new ones. */
    private boolean isStill(LogFile known, Append.Outcome found) {
        return known.isOpen()
                || (known.isAtWork() && !known.isTurning())
                || known.realPath().equals(found.appender().realPath());
    }

    // ---- what cannot be written ----

    boolean isHeld(LogFile file) {
        return holds.has(file);
    }

    private void hold(LogFile file, String reason) {
        busy.add(file);
        if (holds.add(file, reason, nowNanos, wallMicros.getAsLong())) {
            file.unstage();
            users.held(file);
        }
    }

    private void release(LogFile file) {
        if (holds.remove(file, nowNanos)) {
            users.released(file);
        }
    }

    /** Looks after those that are stuck, and those that could not be put aside. */
    void look() {
        untilTurns.entrySet().removeIf(each -> {
            boolean isOver = each.getValue() <= nowNanos;
            if (isOver) {
                each.getKey().canTurn(true);
            }
            return isOver;
        });
        for (Map.Entry<LogFile, Long> each : List.copyOf(atWork.entrySet())) {
            if (nowNanos - each.getValue() < STUCK_NANOS) {
                return;
            }
            if (!isHeld(each.getKey())) {
                hold(each.getKey(), "its file system does not answer");
            }
        }
    }

    boolean isOpening() {
        return busy.stream().anyMatch(file -> !file.isKnown() && !isHeld(file));
    }

    /**
     * Whether it is better to wait for disks that are only busy than to take more: much waits for them already, or a file is only just
     * being opened.
     */
    boolean isFull() {
        return atWork.entrySet().stream()
                .anyMatch(each -> nowNanos - each.getValue()
                        < (staged > MUCH || !each.getKey().isKnown()
                                ? PATIENCE_NANOS
                                : staged > FLOOD ? MOMENT_NANOS : 0));
    }

    // ---- what is committed ----

    /** Plans what is staged; the files whose records tell something new by that. */
    List<LogFile> plan() {
        List<LogFile> planned = new ArrayList<>();
        long nowMicros = wallMicros.getAsLong();
        timed.stream()
                .filter(file -> file.dueMicros() <= nowMicros - GRACE_MICROS)
                .forEach(busy::add);
        for (LogFile file : busy) {
            if (!isHeld(file) && file.plan(nowMicros - GRACE_MICROS)) {
                planned.add(file);
            }
        }
        return planned;
    }

    /** Those whose last write was not committed yet. Forgets those for which nothing is to be done. */
    List<LogFile> dirty() {
        busy.removeIf(file -> !file.isBusy() && !isHeld(file) && !compression.isToFinish(file));
        return busy.stream().filter(LogFile::isDirty).toList();
    }

    /** Whether something is on its way that can be brought to an end. */
    boolean isBusy() {
        return busy.stream().anyMatch(file -> file.isBusy() && !isHeld(file));
    }

    /** When there is something to do though nothing came. */
    long nextDeadlineNanos() {
        long stuck = atWork.entrySet().stream()
                .filter(each -> !isHeld(each.getKey()))
                .mapToLong(each -> each.getValue() + STUCK_NANOS)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return Math.min(
                Math.min(stuck, nextTurnNanos()),
                Math.min(
                        Math.min(crew.nextDeadlineNanos(), recoveries.nextDeadlineNanos()),
                        holds.nextRetryNanos(atWork.keySet())));
    }

    private long nextTurnNanos() {
        long dueMicros = timed.stream()
                .filter(file -> !isHeld(file) && !file.isBusy())
                .mapToLong(LogFile::dueMicros)
                .min()
                .orElse(TurnRule.NO_TIME);
        return dueMicros == TurnRule.NO_TIME
                ? Long.MAX_VALUE
                : nowNanos + Math.max(0, dueMicros + GRACE_MICROS - wallMicros.getAsLong()) * 1000;
    }

    OutputCounts counts(long bytesLost, Map<String, OutputTrouble> byWatcher) {
        return new OutputCounts(bytesWritten, bytesLost, holds.count(), holds.troubles(), byWatcher);
    }

    /** Why the file of this name cannot be written at present; nothing if it can. */
    Optional<OutputTrouble.Waiting> waiting(Path path) {
        LogFile file = byPath.get(path);
        return file == null ? Optional.empty() : holds.waiting(file);
    }

    /** Closes the files as they are. Waits no longer than the limit. */
    void close(Duration limit) {
        List<DiskTask<?>> tasks = new ArrayList<>();
        open.forEach(file -> close(file, tasks));
        open.clear();
        crew.hand(tasks);
        crew.close(limit);
    }
}

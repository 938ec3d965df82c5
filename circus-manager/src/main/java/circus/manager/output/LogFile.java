package circus.manager.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One file that streams are appended to, with all that is known of it. Every write goes through these steps, and the
 * kernel's record of the file always tells which of them may have been done:
 *
 * <pre>
 *            stage             plan              acknowledge            write             commit
 *   frames ────────► staging ────────► planned ──────────────► planned ────────► dirty ──────────► clean
 *                                      (committed as a plan)   and known         (offsets and length go
 *                                                                                with the next commit)
 * </pre>
 *
 * <p>Runs on circus-output only. What fails throws, and leaves everything such that it can be tried again.
 */
final class LogFile implements Sink {
    /** What is between plan and write. */
    private static final class Planned {
        final Staging.Taken taken;
        final Plan plan;
        final @Nullable FileIdentity identity;
        boolean isTold;
        boolean acknowledged;
        int done;

        Planned(Staging.Taken taken, Plan plan, @Nullable FileIdentity identity) {
            this.taken = taken;
            this.plan = plan;
            this.identity = identity;
        }
    }

    private final Path path;
    private final LogFiles files;
    private final Buffers buffers;
    private final Staging staging;
    private final LastBytes last = new LastBytes();
    private final Set<WorkerStream> moved = new LinkedHashSet<>();

    private LogStore.@Nullable Appender appender;
    private @Nullable FileIdentity identity;
    private Path realPath;
    private long length;
    private StreamId open = StreamId.NOBODY;
    private @Nullable Planned planned;
    private boolean dirty;

    LogFile(Path path, LogFiles files, Buffers buffers) {
        this.path = path;
        this.realPath = path;
        this.files = files;
        this.buffers = buffers;
        this.staging = new Staging(buffers);
    }

    Path path() {
        return path;
    }

    /** Free of symbolic links, once the file was opened. */
    Path realPath() {
        return realPath;
    }

    @Override
    public boolean accepts() {
        return files.prepare(this);
    }

    @Override
    public Staging staging() {
        files.touched(this);
        return staging;
    }

    boolean isOpen() {
        return appender != null;
    }

    @Nullable
    FileIdentity identity() {
        return identity;
    }

    /** Whether anything is to be done before the next frame comes. */
    boolean isBusy() {
        return planned != null || dirty || !staging.isEmpty();
    }

    boolean isDirty() {
        return dirty;
    }

    /** Whether the file may be closed or looked at afresh: nothing was put into shape yet for the state it is in. */
    boolean isBetweenWrites() {
        return planned == null && staging.isEmpty();
    }

    /**
     * Opens the file.
     *
     * @param recovered what the kernel kept, by identity; what is taken over is removed
     */
    FileIdentity open(LogStore store, Map<FileIdentity, LogRecord> recovered) throws IOException {
        LogStore.Appender opened = store.open(path);
        appender = opened;
        LogRecord record = identity == null ? recovered.get(opened.identity()) : null;
        if (record != null) {
            adopt(store, record);
            recovered.remove(opened.identity());
        } else if (!opened.identity().equals(identity) && isBetweenWrites()) {
            rebase(store);
        } else {
            lookAgain(store);
        }
        identity = opened.identity();
        realPath = opened.realPath();
        return opened.identity();
    }

    private void adopt(LogStore store, LogRecord record) throws IOException {
        rebase(store);
        boolean isSame = length == record.length() && last.checksum() == record.checksum();
        if (isSame) {
            open = record.open();
        }
        Plan plan = record.plan();
        if (plan != null) {
            owe(plan, isSame);
        }
        unstage();
    }

    /** Plans what an earlier manager owed, again if the file is not as it left it. */
    private void owe(Plan plan, boolean isSame) {
        Plan again = plan;
        if (!isSame && open.equals(StreamId.STRANGER)) {
            byte[] bytes = ("\n" + plan.pieces().get(0).text()).getBytes(StandardCharsets.ISO_8859_1);
            again = Plan.owed(plan.writers().get(0), bytes);
        }
        planned = new Planned(Staging.Taken.owed(again, open), again, appender == null ? null : appender.identity());
        planned.isTold = isSame;
        planned.acknowledged = isSame;
        files.touched(this);
    }

    /** Before the first byte of a batch: has somebody else changed the file? */
    void lookAgain(LogStore store) throws IOException {
        if (appender != null && isBetweenWrites() && appender.size() != length) {
            rebase(store);
        }
    }

    /** Starts from the file as it is now. */
    private void rebase(LogStore store) throws IOException {
        length = appender == null ? 0 : appender.size();
        last.set(new byte[0]);
        if (length > 0) {
            int count = (int) Math.min(length, LastBytes.COUNT);
            last.set(store.read(path, length - count, count));
        }
        open = last.endInALine() ? StreamId.STRANGER : StreamId.NOBODY;
        staging.restart(open);
    }

    /** Whether an attempt to write can go on where it stopped. */
    boolean isAsLeft() throws IOException {
        if (appender == null || planned == null) {
            return appender != null && appender.size() == length;
        }
        return appender.identity().equals(planned.identity) && appender.size() == length + planned.done;
    }

    void close() throws IOException {
        if (appender != null) {
            LogStore.Appender closing = appender;
            appender = null;
            closing.close();
        }
    }

    /** Takes what is staged out of the way of more, if nothing is planned yet. Whether there is a plan to be committed. */
    boolean plan() {
        if (planned == null && !staging.isEmpty()) {
            planStaged();
        }
        boolean isNew = planned != null && !planned.isTold;
        if (planned != null) {
            planned.isTold = true;
        }
        return isNew;
    }

    private void planStaged() {
        Staging.Taken taken = staging.take();
        Map<WorkerStream, Integer> indexes = new HashMap<>();
        List<Plan.Writer> writers = new ArrayList<>();
        List<Plan.Piece> pieces = new ArrayList<>(taken.pieces().size());
        for (Staging.Piece piece : taken.pieces()) {
            WorkerStream stream = piece.stream;
            int index = indexes.computeIfAbsent(stream, added -> {
                LinePrefix prefix = added.prefix();
                writers.add(new Plan.Writer(
                        added.id(), added.worker().pid(), added.written(), prefix == null ? null : prefix.format()));
                return writers.size() - 1;
            });
            pieces.add(new Plan.Piece(index, piece.to, piece.end, piece.text));
            stream.planned(piece.to);
        }
        int checksum = LastBytes.checksum(taken.bytes(), 0, taken.length());
        planned = new Planned(taken, new Plan(taken.length(), checksum, writers, pieces), identity);
    }

    /** The kernel has the plan that {@link #record} told. */
    void acknowledge(Plan plan) {
        if (planned != null && planned.plan.equals(plan)) {
            planned.acknowledged = true;
        }
    }

    boolean canWrite() {
        return planned != null && planned.acknowledged && appender != null;
    }

    /** Appends what is planned, or what is left of it. Returns how many bytes that were. */
    int write() throws IOException {
        Planned writing = planned;
        LogStore.Appender file = appender;
        if (writing == null || file == null) {
            return 0;
        }
        Staging.Taken taken = writing.taken;
        while (writing.done < taken.length()) {
            writing.done += file.append(taken.bytes(), writing.done, taken.length());
        }
        for (Staging.Piece piece : taken.pieces()) {
            piece.stream.wrote(piece.to);
        }
        settle(taken, taken.length(), taken.openAfter());
        return taken.length();
    }

    /**
     * Gives up a plan that cannot be carried out here any more. What of it stands in the file counts as written; the
     * streams forget the rest, and whatever of theirs is staged.
     */
    void abandon() {
        Planned given = planned;
        if (given == null || given.plan.isOwed()) {
            return;
        }
        Staging.Taken taken = given.taken;
        Standing standing = Standing.find(given.plan, taken.openBefore(), taken.bytes(), given.done, Captured.NOTHING);
        Map<StreamId, Long> offsets = standing.offsets();
        for (Staging.Piece piece : taken.pieces()) {
            Long offset = offsets.get(piece.stream.id());
            if (offset != null) {
                piece.stream.rewindTo(offset);
            }
        }
        settle(taken, given.done, standing.endsInAScrap() ? StreamId.STRANGER : standing.open());
        staging.restart(open);
    }

    /** Begins anew behind whatever the file holds now. */
    void startOver(LogStore store) throws IOException {
        abandon();
        Planned owed = planned;
        planned = null;
        lookAgain(store);
        if (owed != null) {
            byte[] rest = Arrays.copyOfRange(owed.taken.bytes(), owed.done, owed.taken.length());
            owe(Plan.owed(owed.plan.writers().get(0), rest), false);
            unstage();
        }
    }

    private void settle(Staging.Taken taken, int count, StreamId openNow) {
        for (Staging.Piece piece : taken.pieces()) {
            moved.add(piece.stream);
        }
        last.append(taken.bytes(), 0, count);
        length += count;
        open = openNow;
        planned = null;
        dirty = true;
        buffers.give(taken.bytes());
    }

    /** Forgets what is staged; the streams have to receive it again. */
    void unstage() {
        staging.restart(planned == null ? open : planned.taken.openAfter());
    }

    /** The streams whose offsets have to be committed together with {@link #record}; then they are as good as done. */
    List<WorkerStream> takeMoved() {
        List<WorkerStream> taken = List.copyOf(moved);
        moved.clear();
        dirty = false;
        return taken;
    }

    /** What the kernel is to keep about this file. */
    LogRecord record() {
        if (identity == null) {
            throw new IllegalStateException("cannot describe " + path + ": it was never opened");
        }
        Plan plan = planned == null ? null : planned.plan;
        return new LogRecord(realPath.toString(), identity, length, last.checksum(), open, plan);
    }
}

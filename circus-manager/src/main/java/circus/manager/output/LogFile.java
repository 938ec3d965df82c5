package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
 * <p>A clean file may have to be put aside before more is written: that is committed as a {@link Turn}, and done when that
 * is known. Then a new file goes on where the old one ended, also in the middle of a line.
 *
 * <p>A file that is rotated by time <i>begins</i> when its first line was said, or, if that was said late, when the file before it was due;
 * so files follow one another by their names as lines do. While it is empty, it begins at the earliest when the one before was due. The
 * record tells that too: when a file was last written says little, for that may be long after what it holds was said.
 *
 * <p>A state machine: nothing here touches a disk. {@link #nextWork} says what is to be done there next, and {@link #done}
 * or {@link #failed} hears what became of it; one work at a time. Runs on circus-output only.
 */
final class LogFile implements Sink {
    /** How much may wait for a disk that is slow; then the streams have to wait in the kernel. */
    static final int MOST_STAGED = 4 * 1024 * 1024;

    /** How often a plan is made anew because strangers write to the file; then it is written behind theirs. */
    private static final int PATIENCE = 3;

    private static final byte[] NOTHING = {};

    /** What is between plan and write. */
    private static final class Planned {
        final Staging.Taken taken;
        final Plan plan;

        /** By what the kernel was told of it; null until then. */
        @Nullable
        LogRecord told;

        boolean acknowledged;
        int done;

        Planned(Staging.Taken taken, Plan plan) {
            this.taken = taken;
            this.plan = plan;
        }
    }

    private final Path path;
    private final LogFiles files;
    private final Buffers buffers;
    private final Staging staging;
    private final LastBytes last = new LastBytes();
    private final Set<WorkerStream> moved = new LinkedHashSet<>();

    private FileCare care = FileCare.plain();
    private LogStore.@Nullable Appender appender;
    private @Nullable FileIdentity identity;
    private Path realPath;
    private long length;
    private StreamId open = StreamId.NOBODY;
    private @Nullable Planned planned;
    private boolean dirty;
    private @Nullable String recordName;
    private @Nullable String name;
    private @Nullable Path namedPath;

    /** What was decided and is not done yet. */
    private @Nullable Turn turn;

    private @Nullable LogRecord turnTold;
    private boolean turnAcknowledged;

    private TurnRule rule = TurnRule.NEVER;
    private boolean canTurn = true;

    /** When it begins, or, while it is empty, at the earliest, in microseconds since 1970; 0 where that is of no interest, or not known. */
    private long begunMicros;

    /** When it is to be put aside if it is not empty. */
    private long dueMicros = TurnRule.NO_TIME;

    /** When it was opened first; lines that belong there may wait in the kernel. */
    private long knownMicros;

    private boolean isAtWork;
    private boolean isTurnedAway;
    private boolean followsOnce;
    private int surprises;

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

    /** How long the file is by all that was written to it. */
    long length() {
        return length;
    }

    /** Free of symbolic links, once the file was opened. */
    Path realPath() {
        return realPath;
    }

    FileCare care() {
        return care;
    }

    void care(FileCare next, ZoneId zone, long nowMicros) {
        if (!next.equals(care)) {
            care = next;
            rule = TurnRule.of(next.rotation(), zone);
            begun(begunMicros == 0 && length > 0 && rule.isByTime() ? nowMicros : begunMicros);
            canTurn(canTurn);
        }
    }

    /** Whether it may be put aside; it may not for a while when that has just failed. */
    void canTurn(boolean can) {
        canTurn = can;
        staging.rule(can ? rule : TurnRule.NEVER, begunMicros);
    }

    private void begun(long micros) {
        begunMicros = micros;
        dueMicros = micros == 0 ? TurnRule.NO_TIME : rule.dueMicros(micros);
    }

    /** When it is to be put aside although nobody writes, in microseconds since 1970. */
    long dueMicros() {
        return turn == null && canTurn && length > 0 ? Math.max(dueMicros, knownMicros) : TurnRule.NO_TIME;
    }

    @Override
    public boolean accepts() {
        boolean accepts = files.prepare(this) && staging.length() < MOST_STAGED;
        isTurnedAway |= !accepts;
        return accepts;
    }

    /** Whether somebody was turned away for whom there is room again; forgets it then. */
    boolean takesAgain() {
        boolean takes = isTurnedAway && isKnown() && staging.length() <= MOST_STAGED / 2;
        isTurnedAway &= !takes;
        return takes;
    }

    @Override
    public Staging staging() {
        files.touched(this);
        return staging;
    }

    /** How many bytes wait to be planned. */
    int stagedLength() {
        return staging.length();
    }

    /** Whether it was opened once, so that it is known behind what we write. */
    boolean isKnown() {
        return identity != null;
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
        return planned != null || dirty || turn != null || !staging.isEmpty() || isAtWork || followsOnce || !isKnown();
    }

    boolean isDirty() {
        return dirty;
    }

    // ---- what is done on the disk ----

    /** Whether a disk thread has it. */
    boolean isAtWork() {
        return isAtWork;
    }

    /** Tasks for files that hang together are equal in this. */
    Object lane() {
        FileIdentity known = identity;
        return known == null ? String.valueOf(path.getParent()) : Long.valueOf(known.device());
    }

    /** Whether what is dirty is the output of a process that has ended. */
    boolean isUrgent() {
        return moved.stream().anyMatch(stream -> stream.worker().hasEnded());
    }

    /**
     * What is to be done on the disk now; null when nothing is, or something is under way.
     *
     * @param isRetry whether to try even without need whether the file can be written
     */
    DiskTask.@Nullable Work<?> nextWork(LogStore store, boolean isRetry) {
        if (isAtWork) {
            return null;
        }
        Turn turning = turn;
        if (turning != null && turnAcknowledged) {
            isAtWork = true;
            return new Rotate(store, path, realPath, Objects.requireNonNull(identity), care, turning, letGo());
        }
        Planned writing = planned;
        boolean writes = writing != null && writing.acknowledged;
        boolean follows = followsOnce && !dirty && turn == null && (writing == null || writing.done == 0);
        if (isKnown() && !isRetry && !writes && !follows) {
            return null;
        }
        isAtWork = true;
        followsOnce &= !follows;
        FileIdentity known = identity;
        if (known == null) {
            return Append.open(store, path, care);
        }
        int done = writing == null ? 0 : writing.done;
        Append.Expected expected = new Append.Expected(known, length + done);
        LogStore.Appender file = appender;
        appender = null;
        boolean isNamed = follows || (care.followsName() && done == 0);
        byte[] bytes = writing == null || !writes ? NOTHING : writing.taken.bytes();
        int to = writing == null || !writes ? done : writing.taken.length();
        return new Append(store, path, care, file, expected, isNamed, surprises > PATIENCE, bytes, done, to);
    }

    /** Something is done with its backups; nothing else meanwhile. */
    void begin() {
        isAtWork = true;
    }

    /** That is done. */
    void end() {
        isAtWork = false;
    }

    /** Nothing came of it; the file is closed. */
    void failed() {
        isAtWork = false;
    }

    /** The file was opened for the first time, and is nobody's that we know. */
    void opened(Append.Outcome outcome, Recovery.Outcome recovered) {
        isAtWork = false;
        knownMicros = files.nowMicros();
        take(outcome);
        LogRecord record = recovered.records().remove(outcome.appender().identity());
        LogRecord turned = recovered.turned().remove(realPath.toString());
        if (record != null) {
            adopt(record);
        } else if (turned != null && length == 0) {
            open = turned.open().afterTurn();
            begun(earlier(Objects.requireNonNull(turned.turn()).nextMicros()));
            dirty = true;
        }
        unstage();
    }

    /** What an earlier manager has told of; if the clock was put back since, we do not wait until it comes there again. */
    private long earlier(long micros) {
        return Math.min(micros, files.nowMicros());
    }

    /** It was to be put aside, and begun anew. Whether that has been done; if not, the streams have to send again. */
    boolean turned(Append.Outcome outcome) {
        isAtWork = false;
        long nextMicros = turn == null ? 0 : turn.nextMicros();
        turn = null;
        turnTold = null;
        turnAcknowledged = false;
        dirty = true;
        StreamId openBefore = open;
        FileIdentity before = identity;
        boolean hasTurned =
                outcome.size() == 0 || !outcome.appender().identity().equals(before);
        take(outcome);
        if (!hasTurned) {
            open = openBefore;
            unstage();
            return false;
        }
        if (outcome.size() == 0) {
            open = openBefore.afterTurn();
        }
        begun(nextMicros == 0 ? 0 : Math.max(begunMicros, earlier(nextMicros)));
        staging.turnDone();
        return true;
    }

    /** Gives the open file to who closes it. */
    LogStore.@Nullable Appender letGo() {
        LogStore.Appender closing = appender;
        appender = null;
        return closing;
    }

    /**
     * It was written, or found changed.
     *
     * @return whether the streams have to send again what was not planned
     */
    boolean done(Append.Outcome outcome) {
        isAtWork = false;
        if (!outcome.isAsExpected()) {
            surprises++;
            return changed(outcome);
        }
        appender = outcome.failure() == null ? outcome.appender() : null;
        Planned writing = planned;
        if (writing != null && outcome.size() != length + writing.done) {
            // Behind strangers, who write all the time.
            length = outcome.size() - writing.done;
        }
        if (writing != null) {
            writing.done += outcome.written();
            if (writing.acknowledged && writing.done == writing.taken.length()) {
                surprises = 0;
                finish(writing);
            }
        }
        return false;
    }

    private void finish(Planned written) {
        for (Staging.Piece piece : written.taken.pieces()) {
            piece.stream.wrote(piece.to);
        }
        settle(written.taken, written.taken.length(), written.taken.openAfter());
    }

    /** Somebody else has changed the file, or put another in its place. */
    private boolean changed(Append.Outcome outcome) {
        if (turn != null) {
            // It was to be put aside as it was.
            turn = null;
            turnTold = null;
            turnAcknowledged = false;
            return startOver(outcome);
        }
        Planned before = planned;
        StreamId openBefore = open;
        if (before != null && before.done > 0) {
            return startOver(outcome);
        }
        staging.shift(outcome.size() - length);
        take(outcome);
        if (outcome.size() == 0) {
            open = openBefore;
        }
        dirty = true;
        files.touched(this);
        if (!open.equals(openBefore)) {
            open = openBefore;
            return startOver(outcome);
        }
        if (before != null) {
            before.told = null;
            before.acknowledged = false;
        }
        return false;
    }

    /** What we know of the file is what was found. */
    private void take(Append.Outcome outcome) {
        LogStore.Appender file = outcome.appender();
        boolean isAnother = !file.identity().equals(identity);
        appender = file;
        identity = file.identity();
        realPath = file.realPath();
        length = outcome.size();
        byte[] end = outcome.end();
        last.set(end == null ? NOTHING : end);
        open = end == null || last.endInALine() ? StreamId.STRANGER : StreamId.NOBODY;
        if (isAnother && length > 0 && rule.isByTime()) {
            // Whoever has begun it; all that is known of its age is when it was written last.
            begun(Math.max(begunMicros, earlier(outcome.modifiedMicros())));
        }
    }

    private void adopt(LogRecord record) {
        boolean isSame = length == record.length() && last.checksum() == record.checksum();
        if (isSame || length == 0) {
            open = record.open();
        }
        if (record.begunMicros() != 0) {
            begun(earlier(record.begunMicros()));
        }
        Plan plan = record.plan();
        if (plan != null) {
            owe(plan, record, isSame);
        } else if (isSame && record.turn() != null) {
            turn = record.turn();
            turnTold = record;
            turnAcknowledged = true;
            files.touched(this);
        }
    }

    /** Plans what an earlier manager owed, again if the file is not as it left it. */
    private void owe(Plan plan, @Nullable LogRecord told, boolean isSame) {
        Plan again = plan;
        if (!isSame && open.equals(StreamId.STRANGER)) {
            byte[] bytes = ("\n" + plan.pieces().get(0).text()).getBytes(StandardCharsets.ISO_8859_1);
            again = Plan.owed(plan.writers().get(0), bytes);
        }
        planned = new Planned(Staging.Taken.owed(again, open), again);
        planned.told = isSame ? told : null;
        planned.acknowledged = isSame;
        files.touched(this);
    }

    /** Begins anew behind whatever the file holds now. */
    private boolean startOver(Append.Outcome outcome) {
        abandon();
        Planned owed = planned;
        planned = null;
        take(outcome);
        dirty = true;
        if (owed != null) {
            byte[] rest = Arrays.copyOfRange(owed.taken.bytes(), owed.done, owed.taken.length());
            owe(Plan.owed(owed.plan.writers().get(0), rest), null, false);
        }
        unstage();
        files.touched(this);
        return true;
    }

    // ---- plans ----

    /**
     * Takes what is staged out of the way of more, if nothing is planned yet, or decides to put the file aside. Whether
     * that is to be committed.
     *
     * @param nowMicros since 1970
     */
    boolean plan(long nowMicros) {
        if (planned == null && turn == null && isKnown()) {
            if (staging.turnsAtFront() && canTurn) {
                turn = nextTurn();
            } else if (!staging.isEmpty()) {
                planStaged();
            } else if (dueMicros() <= nowMicros) {
                turn = nextTurn();
                unstage();
            }
        }
        return (planned != null && planned.told == null) || (turn != null && turnTold == null);
    }

    private Turn nextTurn() {
        return new Turn(care.rotation(), rule.suffix(dueMicros), rule.isByTime() ? dueMicros : 0);
    }

    private void planStaged() {
        Staging.Taken taken = staging.take();
        begun(taken.begunMicros());
        Map<WorkerStream, Integer> indexes = new HashMap<>();
        List<Plan.Writer> writers = new ArrayList<>();
        List<Plan.Piece> pieces = new ArrayList<>(taken.pieces().size());
        for (Staging.Piece piece : taken.pieces()) {
            WorkerStream stream = piece.stream;
            int index = indexes.computeIfAbsent(stream, added -> {
                writers.add(added.planned());
                return writers.size() - 1;
            });
            pieces.add(new Plan.Piece(index, piece.to, piece.end, piece.text));
            stream.planned(piece.to);
        }
        int checksum = LastBytes.checksum(taken.bytes(), 0, taken.length());
        planned = new Planned(taken, new Plan(taken.length(), checksum, writers, pieces));
    }

    /** The kernel has what {@link #record} told. */
    void acknowledge(LogRecord record) {
        Planned waiting = planned;
        if (waiting != null && record.equals(waiting.told)) {
            waiting.acknowledged = true;
        }
        turnAcknowledged |= turn != null && record.equals(turnTold);
    }

    /**
     * Gives up a plan that cannot be carried out here any more. What of it stands in the file counts as written; the
     * streams forget the rest, and whatever of theirs is staged. Not while a disk thread has the file.
     */
    void abandon() {
        Planned given = planned;
        if (given == null || given.plan.isOwed(given.taken.openBefore())) {
            return;
        }
        Staging.Taken taken = given.taken;
        Standing standing = Standing.find(
                given.plan, taken.openBefore(), taken.bytes(), given.done, Captured.NOTHING, Rendering.UNKNOWN);
        Map<StreamId, Long> offsets = standing.offsets();
        for (Staging.Piece piece : taken.pieces()) {
            Long offset = offsets.get(piece.stream.id());
            if (offset != null) {
                piece.stream.rewindTo(offset);
            }
        }
        settle(taken, given.done, standing.endsInAScrap() ? StreamId.STRANGER : standing.open());
        unstage();
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

    /** Whether it is to be put aside. */
    boolean isTurning() {
        return turn != null;
    }

    /** Forgets what is staged; the streams have to receive it again. */
    void unstage() {
        Planned waiting = planned;
        Turn turning = turn;
        if (waiting != null) {
            staging.restart(waiting.taken.openAfter(), length + waiting.taken.length(), begunMicros);
        } else if (turning != null) {
            staging.restart(open.afterTurn(), 0, turning.nextMicros());
        } else {
            staging.restart(open, length, begunMicros);
        }
    }

    /** Goes to where the name leads as soon as nothing is under way. */
    void reopen() {
        if (isKnown()) {
            followsOnce = true;
            files.touched(this);
        }
    }

    // ---- what is committed ----

    /** The streams whose offsets have to be committed together with {@link #record}; then they are as good as done. */
    List<WorkerStream> takeMoved() {
        List<WorkerStream> taken = List.copyOf(moved);
        moved.clear();
        dirty = false;
        return taken;
    }

    /** The name of its record, which is worked out for each path once: a digest takes its time. */
    String name(Function<Path, String> names) {
        if (name == null || !realPath.equals(namedPath)) {
            name = names.apply(realPath);
            namedPath = realPath;
        }
        return name;
    }

    /** The name of an earlier record, if this one has another: the file's name leads elsewhere. */
    Optional<String> formerName(String name) {
        String former = recordName;
        recordName = name;
        return Optional.ofNullable(former).filter(each -> !each.equals(name));
    }

    /** What the kernel is to keep about this file; it is told so now. */
    LogRecord record() {
        FileIdentity known = identity;
        if (known == null) {
            throw new IllegalStateException("cannot describe " + path + ": it was never opened");
        }
        Planned waiting = planned;
        Plan plan = waiting == null ? null : waiting.plan;
        LogRecord told =
                new LogRecord(realPath.toString(), known, length, last.checksum(), open, begunMicros, plan, turn);
        if (waiting != null) {
            waiting.told = told;
        }
        turnTold = turn == null ? null : told;
        return told;
    }
}

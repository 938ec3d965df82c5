package circus.manager.output;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * The output path without its thread and its connection: frames come in, files are written, and the kernel is asked to
 * commit. {@link PumpLoop} drives it: {@link #begin}, frames, {@link #turn}, again and again. Runs on circus-output only.
 *
 * <p><b>Why a file is exact although the manager may be killed between any two instructions.</b> The kernel sends again
 * whatever was not committed, so what counts is to know which of that stands in the file already. Before a batch is
 * written, its plan is committed: where it will begin, how long it is, its checksum, and which stretch of which stream
 * is where in it ({@link Plan}). Only when the kernel has that is it written. The offsets of the streams and the new
 * length of the file are committed with the next plan, or shortly after. So a killed manager leaves one of
 *
 * <ul>
 *   <li>a file as long as the record says: nothing of the plan was done, forget it;
 *   <li>a file that goes on as the plan says: all of it was done, commit what it brought;
 *   <li>a file that goes on with a part of it: a torn write, read along the plan to see how far it came.
 * </ul>
 *
 * and {@link Recovery} settles which before anything is sent again. No byte need be produced a second time and compared,
 * therefore nothing that may be different the second time does any harm: flushes by the clock, the order of replay,
 * changed routes and formats, bytes that the kernel had to drop meanwhile. What does not fit the plan was written by
 * strangers; then we append behind it, never cut, never overwrite, and what we wrote last may come twice.
 */
final class OutputBook {
    /** How long offsets may wait for the next plan to go along with. */
    private static final long COMMIT_NANOS = Duration.ofMillis(10).toNanos();

    private static final int REMEMBERED = 4096;
    private static final int PATIENCE = 3;

    private final String namePrefix;
    private final ZoneId zone;
    private final LogFiles files;
    private final Collection<ConsoleSink> consoles;
    private final Routing routing;
    private final Commits commits;
    private final Flow flow;
    private final OpenLines openLines = new OpenLines();
    private final Map<Long, WorkerOutput> workers = new HashMap<>();

    /** Of the workers that are done, those that the kernel may still list. */
    private final Set<Long> done = new LinkedHashSet<>();

    /** Streams that go elsewhere once nothing of theirs is under way. */
    private final Map<WorkerStream, OutputRoute> moving = new LinkedHashMap<>();

    /** How often a stream was asked for again because bytes were missing. */
    private final Map<WorkerStream, Integer> outOfStep = new HashMap<>();

    /** Streams whose bytes a console has written since the last commit. */
    private final Set<WorkerStream> shown = new LinkedHashSet<>();

    private long nowNanos;
    private long commitNanos = Long.MAX_VALUE;
    private long bytesLost;

    /**
     * A book for one arbiter.
     *
     * @param namePrefix {@code circus.ARB.}
     * @param recovered the records that {@link Recovery} settled
     * @param refused hears why the kernel does not take our commits any more
     */
    OutputBook(
            String namePrefix,
            ZoneId zone,
            LogStore store,
            Map<FileIdentity, LogRecord> recovered,
            Map<Channel, ConsoleSink> consoles,
            KernelRequests kernel,
            Consumer<String> refused) {
        this.namePrefix = namePrefix;
        this.zone = zone;
        this.consoles = List.copyOf(consoles.values());
        this.files = new LogFiles(store, namePrefix, recovered, new Users());
        this.routing = new Routing(files, consoles, zone);
        this.commits = new Commits(kernel, this::forgetIfDone, refused);
        this.flow = new Flow(kernel);
        files.resume();
    }

    /** Something may have changed since the last turn, the time above all. */
    void begin(long now) {
        nowNanos = now;
        files.begin(now);
    }

    // ---- what the kernel sends ----

    void announced(long incarnation, int pid, String name) {
        int dot = name.lastIndexOf('.');
        boolean isOurs = name.startsWith(namePrefix) && dot > namePrefix.length();
        String watcher = isOurs ? name.substring(namePrefix.length(), dot) : "";
        workers.putIfAbsent(incarnation, new WorkerOutput(incarnation, pid, watcher));
    }

    void data(long incarnation, Channel channel, long offset, long timeMicros, byte[] bytes, int from, int to) {
        WorkerStream stream = stream(incarnation, channel, offset);
        if (stream == null || !isWanted(stream, offset, offset + to - from)) {
            return;
        }
        if (offset > stream.received()) {
            lose(stream, offset, timeMicros, timeMicros);
        }
        boolean endedLines = stream.take(bytes, from + (int) (stream.received() - offset), to, timeMicros);
        received(stream, endedLines);
    }

    void gap(long incarnation, Channel channel, long offset, long bytes, long firstMicros, long lastMicros) {
        WorkerStream stream = stream(incarnation, channel, offset);
        if (stream != null && isWanted(stream, offset, offset + bytes)) {
            lose(stream, offset + bytes, firstMicros, lastMicros);
            received(stream, true);
        }
    }

    /** Both pipes of a process are at their end, and everything was sent. */
    void ended(long incarnation) {
        WorkerOutput worker = workers.get(incarnation);
        if (worker == null) {
            return;
        }
        worker.end();
        worker.streams().values().stream()
                .filter(stream -> stream.isPending() && stream.sink().accepts())
                .forEach(stream -> received(stream, false));
        forgetIfDone(worker);
    }

    private @Nullable WorkerStream stream(long incarnation, Channel channel, long offset) {
        if (done.contains(incarnation)) {
            return null;
        }
        WorkerOutput worker = workers.computeIfAbsent(incarnation, unknown -> new WorkerOutput(unknown, 0, ""));
        return worker.streams().computeIfAbsent(channel, first -> routing.newStream(worker, channel, offset));
    }

    /** Whether a frame brings something new that can be staged now. */
    private boolean isWanted(WorkerStream stream, long offset, long end) {
        stream.saw(end);
        if (stream.flow() != WorkerStream.Flow.FLOWING || end <= stream.received()) {
            return false;
        }
        if (offset > stream.received() && outOfStep.merge(stream, 1, Integer::sum) <= PATIENCE) {
            // Nobody told what is missing; perhaps it is still to be had.
            flow.resume(List.of(stream));
            return false;
        }
        outOfStep.remove(stream);
        if (!stream.sink().accepts()) {
            flow.pause(stream);
            return false;
        }
        return true;
    }

    private void lose(WorkerStream stream, long offset, long firstMicros, long lastMicros) {
        long lost = offset - stream.received();
        if (stream.route() instanceof OutputRoute.ToConsole console && !console.tellsLosses()) {
            stream.lose(offset, null);
        } else {
            stream.lose(offset, LossNotice.text(lost, firstMicros, lastMicros, zone));
            bytesLost += lost;
        }
    }

    private void received(WorkerStream stream, boolean isNewLine) {
        if (stream.isPending() && stream.worker().hasEnded() && stream.isComplete()) {
            stream.stageRest();
        }
        openLines.received(stream, isNewLine, nowNanos);
    }

    private void forgetIfDone(WorkerOutput worker) {
        if (!worker.isDone() || !workers.remove(worker.incarnation(), worker)) {
            return;
        }
        for (WorkerStream stream : worker.streams().values()) {
            openLines.forget(stream);
            flow.forget(stream);
            moving.remove(stream);
            outOfStep.remove(stream);
        }
        done.add(worker.incarnation());
        if (done.size() > REMEMBERED) {
            Iterator<Long> oldest = done.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    // ---- what is done about it ----

    /** Writes and commits what can be. To be called after each batch of frames and at {@link #nextDeadlineNanos}. */
    void turn(long now) {
        begin(now);
        files.retry();
        openLines.stageDue(now);
        for (ConsoleSink console : consoles) {
            console.handOver();
            shown.addAll(console.takeWritten());
            if (console.hasRoom()) {
                resume(stream -> stream.sink() == console);
            }
        }
        files.write();
        finishMoves();
        commit(now);
    }

    private void commit(long now) {
        List<LogFile> planned = files.plan();
        planned.forEach(this::commit);
        List<LogFile> dirty = files.dirty();
        if (dirty.isEmpty() && shown.isEmpty()) {
            commitNanos = Long.MAX_VALUE;
        } else if (!planned.isEmpty() || now - commitNanos >= 0) {
            dirty.forEach(this::commit);
            shown.forEach(commits::add);
            shown.clear();
            commitNanos = Long.MAX_VALUE;
        } else if (commitNanos == Long.MAX_VALUE) {
            commitNanos = now + COMMIT_NANOS;
        }
        commits.send();
    }

    private void commit(LogFile file) {
        commits.add(files.recordName(file), file);
    }

    /** When the next {@link #turn} is due although no frame came, on the clock of {@link #turn}. */
    long nextDeadlineNanos() {
        return Math.min(commitNanos, Math.min(files.nextDeadlineNanos(), openLines.nextDeadlineNanos()));
    }

    /** Has everything committed at the next turn that can be. */
    void hurry() {
        if (commitNanos != Long.MAX_VALUE) {
            commitNanos = nowNanos;
        }
    }

    /** Whether everything that was received in whole lines stands in its file and is committed, but for files on hold. */
    boolean isSettled() {
        return !files.isBusy() && shown.isEmpty() && !commits.isWaiting();
    }

    /** Whether all output of this process was received, written and committed. */
    boolean isDone(long incarnation) {
        return done.contains(incarnation);
    }

    OutputCounts counts() {
        return files.counts(bytesLost);
    }

    /** Closes the files as they are. */
    void close() {
        files.close();
    }

    // ---- who goes where ----

    /** Changes where output goes. Streams that the new table does not know stay as they are. */
    void routes(OutputRoutes next) {
        routing.change(next);
        for (WorkerStream stream : streams(any -> true)) {
            routing.given(stream.worker(), stream.id().channel()).ifPresent(route -> move(stream, route));
        }
        finishMoves();
    }

    private void move(WorkerStream stream, OutputRoute route) {
        boolean wasMoving = moving.remove(stream) != null;
        if (route.equals(stream.route())) {
            if (wasMoving) {
                resume(candidate -> candidate == stream);
            }
            return;
        }
        moving.put(stream, route);
        if (stream.sink() instanceof LogFile file) {
            if (files.isHeld(file)) {
                file.abandon();
            }
        } else {
            stream.letGo();
        }
        if (!stream.isQuiet()) {
            stream.rewindPending();
            openLines.forget(stream);
            flow.pause(stream);
        }
    }

    private void finishMoves() {
        for (Map.Entry<WorkerStream, OutputRoute> each : List.copyOf(moving.entrySet())) {
            WorkerStream stream = each.getKey();
            if (stream.isQuiet()) {
                moving.remove(stream);
                routing.move(stream, each.getValue());
                resume(candidate -> candidate == stream);
            }
        }
    }

    private List<WorkerStream> streams(Predicate<WorkerStream> which) {
        return workers.values().stream()
                .flatMap(worker -> worker.streams().values().stream())
                .filter(which)
                .toList();
    }

    /** Takes up again those that are paused for no reason any more. */
    private void resume(Predicate<WorkerStream> which) {
        flow.resume(flow.paused().stream()
                .filter(stream -> !moving.containsKey(stream) && which.test(stream))
                .filter(stream -> stream.sink().accepts())
                .toList());
    }

    /** What becomes of streams when their file changes its state. */
    private final class Users implements LogFiles.Users {
        @Override
        public void held(LogFile file) {
            for (WorkerStream stream : streams(each -> each.sink() == file)) {
                stream.rewind();
                openLines.forget(stream);
                flow.pause(stream);
            }
        }

        @Override
        public void released(LogFile file) {
            resume(stream -> stream.sink() == file);
        }

        @Override
        public void replaced(LogFile file, LogFile by) {
            for (WorkerStream stream : streams(each -> each.sink() == file)) {
                routing.move(stream, stream.route());
            }
            released(by);
        }
    }
}

package circus.manager.output;

import circus.manager.disk.Crew;
import circus.manager.disk.LogStore;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
    /**
     * How long offsets may wait for the next plan to go along with: longer than papa rests between two looks at thin output,
     * so that each look costs one commit and not two. What is written and not committed is not at risk, and nobody waits
     * for it but who waits for the output of a process that has ended: {@link #isUrgent}.
     */
    private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();

    private static final int REMEMBERED = 4096;
    private static final int PATIENCE = 3;

    private final String namePrefix;
    private final ZoneId zone;
    private final LogFiles files;
    private final Outlets outlets;
    private final Troubles troubles;
    private final Routing routing;
    private final Commits commits;
    private final Flow flow;
    private final Recoveries recoveries;
    private final Overflows overflows;
    private final OpenLines openLines = new OpenLines();
    private final Map<Long, WorkerOutput> workers = new HashMap<>();

    /** Of the workers that are done, those that the kernel may still list. */
    private final Set<Long> done = new LinkedHashSet<>();

    /** Streams that go elsewhere once nothing of theirs is under way. */
    private final Map<WorkerStream, OutputRoute> moving = new LinkedHashMap<>();

    /** How often a stream was asked for again because bytes were missing. */
    private final Map<WorkerStream, Integer> outOfStep = new HashMap<>();

    /** Streams whose bytes a sink that is no file has written since the last commit. */
    private final Set<WorkerStream> shown = new LinkedHashSet<>();

    private long nowNanos;
    private long commitNanos = Long.MAX_VALUE;

    /**
     * A book for one arbiter.
     *
     * @param namePrefix {@code circus.ARB.}
     * @param crew works on disks
     * @param wallMicros the time, in microseconds since 1970
     * @param outlets the sinks that are no files
     * @param recoveries what an earlier manager left, as far as it is settled; what is not is told here later
     * @param refused hears why the kernel does not take our commits any more
     */
    OutputBook(
            String namePrefix,
            ZoneId zone,
            LogStore store,
            Crew crew,
            LongSupplier wallMicros,
            Recoveries recoveries,
            Outlets outlets,
            KernelRequests kernel,
            Consumer<String> refused) {
        this.namePrefix = namePrefix;
        this.zone = zone;
        this.recoveries = recoveries;
        this.outlets = outlets;
        this.files = new LogFiles(store, crew, namePrefix, zone, wallMicros, recoveries, new Users());
        this.troubles = new Troubles(files);
        this.routing = new Routing(files, outlets, zone);
        this.commits = new Commits(kernel, this::forgetIfDone, refused);
        this.flow = new Flow(kernel);
        this.overflows = new Overflows(kernel);
        recoveries.late(this::settled);
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
        int wid = isOurs ? number(name.substring(dot + 1)) : 0;
        workers.putIfAbsent(incarnation, new WorkerOutput(incarnation, pid, watcher, wid));
    }

    private static int number(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException none) {
            return 0;
        }
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
        WorkerOutput worker = workers.computeIfAbsent(incarnation, unknown -> new WorkerOutput(unknown, 0, "", 0));
        WorkerStream known = worker.streams().get(channel);
        if (known != null) {
            return known;
        }
        StreamId id = new StreamId(incarnation, channel);
        WorkerStream stream = routing.newStream(worker, channel, recoveries.behind(id, offset));
        worker.streams().put(channel, stream);
        overflows.wish(stream, stream.route().overflow());
        return stream;
    }

    /** What an earlier manager was writing to a file is known at last. */
    private void settled(Recovery.Settled settled) {
        if (!settled.commit().isEmpty()) {
            commits.send(settled.commit());
        }
        files.resume();
        for (WorkerStream stream : streams(each -> !recoveries.holds(each.id()))) {
            stream.skipTo(recoveries.behind(stream.id(), 0));
        }
        resume(stream -> true);
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
        if (recoveries.holds(stream.id())) {
            flow.pause(stream);
            return false;
        }
        if (!stream.sink().accepts()) {
            // Perhaps it was only just opened, or found to be another.
            files.complete();
            if (stream.flow() == WorkerStream.Flow.FLOWING && !stream.sink().accepts()) {
                flow.pause(stream);
            }
        }
        return stream.flow() == WorkerStream.Flow.FLOWING;
    }

    private void lose(WorkerStream stream, long offset, long firstMicros, long lastMicros) {
        long lost = offset - stream.received();
        if (stream.route() instanceof OutputRoute.ToConsole console && !console.tellsLosses()) {
            stream.lose(offset, lastMicros, null);
        } else {
            stream.lose(offset, lastMicros, stream.shape().notice(lost, firstMicros, lastMicros, zone));
            troubles.lost(stream.worker().watcher(), lost);
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
            overflows.forget(stream);
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
        files.look();
        openLines.stageDue(now);
        for (PacedSink console : outlets.all()) {
            console.handOver();
            shown.addAll(console.takeWritten());
            if (console.hasRoom()) {
                resume(stream -> stream.sink() == console);
            }
        }
        files.work();
        files.complete();
        finishMoves();
        routing.retireOutlets(sink -> !streams(stream -> stream.sink() == sink).isEmpty());
        overflows.tell();
        commit(now);
    }

    private void commit(long now) {
        List<LogFile> planned = files.plan();
        planned.forEach(this::commit);
        List<LogFile> dirty = files.dirty();
        if (dirty.isEmpty() && shown.isEmpty()) {
            commitNanos = Long.MAX_VALUE;
        } else if (!planned.isEmpty() || now - commitNanos >= 0 || isUrgent(dirty)) {
            dirty.forEach(this::commit);
            shown.forEach(commits::add);
            shown.clear();
            commitNanos = Long.MAX_VALUE;
        } else if (commitNanos == Long.MAX_VALUE) {
            commitNanos = now + COMMIT_NANOS;
        }
        commits.send();
    }

    /** Whether a process has ended whose output the kernel can let go of by a commit. */
    private boolean isUrgent(List<LogFile> dirty) {
        return dirty.stream().anyMatch(LogFile::isUrgent)
                || shown.stream().anyMatch(stream -> stream.worker().hasEnded());
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

    /** Whether all output of this process was received and is in its place, committed or not. */
    boolean isWritten(long incarnation) {
        WorkerOutput worker = workers.get(incarnation);
        return done.contains(incarnation) || (worker != null && worker.isWritten());
    }

    OutputCounts counts() {
        return troubles.counts(routing.routes()).withTroubles(outlets.failures());
    }

    /** See {@link Outlets#byWatcher}. */
    Map<String, List<PacedSink>> outlets() {
        return outlets.byWatcher(routing.routes());
    }

    /** Whether it is not known yet of some file whether it can be written. */
    boolean isOpening() {
        return files.isOpening();
    }

    /** Whether it is better to wait a moment for a disk than to receive more. */
    boolean isFull() {
        return files.isFull();
    }

    /** What stands in the log files by now. */
    List<LogStanding> standing() {
        Map<Sink, Map<String, Long>> written = new HashMap<>();
        for (WorkerStream stream : streams(any -> true)) {
            written.computeIfAbsent(stream.sink(), first -> new HashMap<>())
                    .put(stream.id().text(), stream.written());
        }
        List<LogStanding> all = new ArrayList<>();
        routing.files().forEach((file, sources) -> {
            if (file.identity() != null) {
                all.add(new LogStanding(file.realPath(), file.length(), sources, written.getOrDefault(file, Map.of())));
            }
        });
        return all;
    }

    /** Goes to where the names of files lead by now. */
    void reopen() {
        files.reopen();
        files.work();
    }

    /** Closes the files as they are; waits no longer than this for disks. */
    void close(Duration limit) {
        files.close(limit);
    }

    // ---- who goes where ----

    /** Changes where output goes. Streams that the new table does not know stay as they are. */
    void routes(OutputRoutes next) {
        routing.change(next);
        troubles.changed();
        files.resume();
        files.work();
        for (WorkerStream stream : streams(any -> true)) {
            routing.given(stream.worker(), stream.id().channel()).ifPresent(route -> {
                overflows.wish(stream, route.overflow());
                move(stream, route);
            });
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
        if (stream.sink() instanceof PacedSink sink && routing.leadsTo(route, sink)) {
            routing.move(stream, route);
            if (wasMoving) {
                resume(candidate -> candidate == stream);
            }
            return;
        }
        moving.put(stream, route);
        if (stream.route() instanceof OutputRoute.ToConsole) {
            stream.letGo();
        } else if (stream.sink() instanceof PacedSink) {
            // What waits there may never arrive; it goes to the new place, and perhaps to both.
            stream.rewindTo(stream.written());
            openLines.forget(stream);
            flow.pause(stream);
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
            if (stream.sink() instanceof LogFile file && files.isHeld(file) && !file.isAtWork()) {
                file.abandon();
            }
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
                .filter(stream -> !moving.containsKey(stream) && !recoveries.holds(stream.id()) && which.test(stream))
                .filter(stream -> stream.sink().accepts())
                .toList());
    }

    /** What becomes of streams when their file changes its state. */
    private final class Users implements LogFiles.Users {
        @Override
        public void held(LogFile file) {
            troubles.changed();
            for (WorkerStream stream : streams(each -> each.sink() == file)) {
                stream.rewind();
                openLines.forget(stream);
                flow.pause(stream);
            }
        }

        @Override
        public void released(LogFile file) {
            troubles.changed();
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

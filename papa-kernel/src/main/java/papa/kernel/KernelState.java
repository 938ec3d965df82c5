package papa.kernel;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.SavedCapture;
import papa.process.SavedIncarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateReader;
import papa.state.StateWriter;

/**
 * All that a kernel holds, as lines of a state, but not its connections. What each line says is told by who writes it; their
 * order is that in which they need each other.
 *
 * <pre>
 *   arena, kernel ({@link ProcessTable}), output, starved       memory, numbers, the flow of output
 *   value, socket, share, inherited-socket
 *   ledger-file                                                 see {@link papa.legacy.Ledger}
 *   process, and behind each its capture lines
 *   cgroups, cgroup, pipes, lineage, adopted, inherited, stray  who descends from whom
 * </pre>
 *
 * <p>A kernel is restored in two steps. The reading changes nothing outside, and takes no event from anywhere: a process may
 * do it beside a kernel that goes on serving. {@link #resume} begins the work. Launches under way are not saved. Loop thread
 * only.
 */
final class KernelState {
    private final Kernel kernel;

    /** Those that are not held, by number; only while one is restored. */
    private final Map<Long, Incarnation> released = new HashMap<>();

    private boolean hasArena;

    /** @param kernel to be saved; or to be restored, one that was made for that and holds nothing */
    KernelState(Kernel kernel) {
        this.kernel = kernel;
    }

    void save(StateWriter out) {
        kernel.arena.save(out);
        kernel.processes.save(out);
        kernel.flow.save(out);
        kernel.values.save(out);
        kernel.sockets.save(out);
        kernel.copies.save(out);
        for (Incarnation process : known()) {
            StateWriter.Line line = out.line("process");
            SavedIncarnation.put(line, process);
            kernel.processes.put(line, process);
            kernel.deaths.put(line, process);
            line.end();
            for (Capture capture : process.captures) {
                SavedCapture.save(out, kernel.posix, capture);
            }
        }
        kernel.flow.starved.save(out);
        kernel.controlGroups.save(out);
        kernel.lineage.save(out);
        kernel.orphans.save(out);
        kernel.strays.save(out);
    }

    /** Those that are held, in their order, and all others of which something is remembered. */
    private Set<Incarnation> known() {
        Set<Incarnation> known = new LinkedHashSet<>(kernel.processes());
        known.addAll(kernel.processes.released());
        known.addAll(kernel.deaths.untold());
        known.addAll(kernel.controlGroups.owners());
        known.addAll(kernel.lineage.owners());
        known.addAll(kernel.left());
        known.addAll(kernel.readers.releasedButRead(kernel::process));
        return known;
    }

    /** Has the lines of a kernel restored by who they are of. */
    void restoreFrom(StateReader reader) {
        reader.on("arena", line -> {
            kernel.arena.restore(line);
            hasArena = true;
        });
        reader.on("kernel", kernel.processes::restore);
        reader.on("output", kernel.flow::restore);
        reader.on("value", kernel.values::restore);
        kernel.sockets.restoreFrom(reader);
        kernel.copies.restoreFrom(reader);
        reader.on("process", this::restoreProcess);
        reader.on("capture", this::restoreCapture);
        reader.on("starved", line -> kernel.flow.starved.restore(line, owner(line)));
        kernel.controlGroups.restoreFrom(reader, this::find);
        kernel.lineage.restoreFrom(reader, this::find);
        kernel.orphans.restoreFrom(reader, this::find);
        kernel.strays.restoreFrom(reader, this::find);
    }

    private void restoreProcess(StateLine line) throws StateException {
        Incarnation process = SavedIncarnation.restore(line);
        boolean held = kernel.processes.restore(line, process);
        if (!held && released.put(process.number, process) != null) {
            throw line.wrong("number=" + process.number + " is another's, too");
        }
        if (held) {
            kernel.remembered.begin(process);
        } else {
            kernel.readers.releasedBefore(process);
        }
        kernel.deaths.restore(line, process);
    }

    private void restoreCapture(StateLine line) throws StateException {
        SavedCapture.restore(line, kernel.posix, kernel.arena, owner(line), kernel.flow.rank());
    }

    private Incarnation owner(StateLine line) throws StateException {
        Incarnation owner = find(line.number("process", 1, Long.MAX_VALUE));
        if (owner == null) {
            throw line.wrong("there is no process=" + line.text("process"));
        }
        return owner;
    }

    /** One that is held or was restored without being held. */
    private @Nullable Incarnation find(long number) {
        Incarnation held = kernel.process(number);
        return held == null ? released.get(number) : held;
    }

    /** All lines have been read. */
    void restored() throws StateException {
        if (!hasArena) {
            throw new StateException("cannot restore a kernel: no line of the state tells of an arena");
        }
        kernel.arena.restored();
        for (Incarnation process : released.values()) {
            process.controlGroup = kernel.controlGroups.of(process.number);
            kernel.processes.restored(process);
        }
        for (Incarnation process : kernel.processes()) {
            process.controlGroup = kernel.controlGroups.of(process.number);
        }
        released.clear();
        kernel.readers.restored();
    }

    /**
     * Begins the work: to be called once, when all that is to be restored has been, the connections too. What it finds out is
     * told in the loop's next turn.
     */
    void resume() {
        kernel.arena.resume();
        kernel.processes().forEach(kernel.flow::resume);
        kernel.processes.released().forEach(kernel.flow::resume);
        kernel.arena.tidied();
        kernel.controlGroups.resume();
        kernel.loop.post(this::resumeControlGroups);
        kernel.copies.resume();
        kernel.strays.resume(kernel.fosters());
        kernel.left().forEach(kernel::leaves);
        kernel.deaths.resume();
        kernel.knocks.resume();
    }

    private void resumeControlGroups() {
        for (Incarnation process : Set.copyOf(kernel.controlGroups.owners())) {
            if (process.hasEnded()) {
                kernel.controlGroups.resumeEnded(process.number, process.controlGroup, kernel.groupUse(process));
            }
        }
    }
}

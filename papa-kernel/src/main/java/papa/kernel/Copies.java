package papa.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import papa.legacy.Ledger;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.SavedCapture;
import papa.process.SavedIncarnation;
import papa.request.Refusal;
import papa.socket.HeldSocket;
import papa.socket.Sockets;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.FrameEncoder;
import papa.wire.Limit;
import papa.wire.Words;

/**
 * Copies of all that a kernel holds, for the day on which it is killed: the listening sockets, the pipes' reading ends, the memory for
 * output and the {@link Ledger}. They go into connections that asked for them ({@code copies}), and wait there: whoever is at the other
 * end reads nothing, so what was sent lies with the operating system, and is open, as long as that end is.
 *
 * <p>Each has all of it, also what is another lease's: whoever brings a kernel back brings it back for everybody. They are for who manages:
 * the newest of a lease that has everything takes the place of those before. Until then these are kept up, also when their lease has ended,
 * since a manager that hands over has nobody but itself to bring a kernel back before the next one has copies.
 *
 * <p>What is closed here stays open there until that end is closed; who holds copies takes new ones now and then ({@code
 * circus.manager.kernel.Copies}). There may be no room for more: nobody reads, and Linux limits what the user of this process has under way
 * in all sockets to its limit of open files (unix(7), ETOOMANYREFS). That is told to who holds the lease, and tried again with each change.
 * Nothing of all this is done before somebody asks. Loop thread only.
 */
final class Copies implements Sockets.Keeper {
    private static final int MOST = Limit.COPIES.most();
    private static final int MOST_OF_A_LEASE = 2;

    private final Kernel kernel;
    private final Posix posix;
    private final Ledger ledger;
    private final Map<Session, CopyHolder> holders = new LinkedHashMap<>();
    private boolean troubled;

    Copies(Kernel kernel) {
        this.kernel = kernel;
        this.posix = kernel.posix;
        this.ledger = new Ledger(posix, Server.VERSION, this::saveEverything);
    }

    void save(StateWriter out) {
        ledger.save(out);
    }

    void restoreFrom(StateReader reader) {
        reader.on(Ledger.KIND, ledger::restore);
    }

    /** Another program kept it, or a kernel that was killed: it goes on before anything else does. */
    void resume() {
        ledger.goOn();
    }

    /** {@code copies}. */
    String answer(Session session, List<String> words) throws Refusal {
        if (words.isEmpty()) {
            begin(session);
            return "";
        }
        if (words.equals(List.of("show"))) {
            return show();
        }
        if (!words.equals(List.of("news"))) {
            throw new Refusal("cannot take \"" + String.join(" ", words) + "\" after copies: show or news is wanted");
        }
        if (!session.isFramed()) {
            throw new Refusal("cannot tell news on a connection with prompts: say hello framed first");
        }
        session.wantsNewsOfCopies = true;
        return "";
    }

    private void begin(Session session) throws Refusal {
        if (session.peer.uid() != posix.uid() && session.peer.uid() != 0) {
            throw new Refusal("cannot give copies of what is held to user " + session.peer.uid()
                    + ": only who runs papa may have them, or root");
        }
        Lease lease = kernel.leases
                .actedFor(session)
                .orElseThrow(() ->
                        new Refusal("cannot give copies of what is held: this connection has not joined a lease"));
        if (holders.containsKey(session)) {
            throw new Refusal("cannot give copies of what is held: this connection has them already");
        }
        List<CopyHolder> own = of(lease);
        if (own.size() >= MOST_OF_A_LEASE) {
            gone(own.get(0).session);
        }
        if (holders.size() >= MOST) {
            throw new Refusal("cannot give copies of what is held: " + MOST + " connections have some already");
        }
        hold(session, lease, false);
    }

    boolean isHeldBy(Session session) {
        return holders.containsKey(session);
    }

    boolean isCompleteAt(Session session) {
        CopyHolder holder = holders.get(session);
        return holder != null && ledger.isKept() && holder.missing() == 0;
    }

    /**
     * A connection that had copies before this program took over.
     *
     * @param complete all of them, with the ledger that goes on
     */
    void goOn(Session session, boolean complete) {
        Lease lease = kernel.leases.actedFor(session).orElse(null);
        if (lease != null && !session.isClosed()) {
            hold(session, lease, complete);
        }
    }

    private void hold(Session session, Lease lease, boolean complete) {
        CopyHolder holder;
        try {
            holder = new CopyHolder(session, lease);
        } catch (IOException noNativeCode) {
            Log.info(noNativeCode.getMessage() + "");
            return;
        }
        holders.put(session, holder);
        boolean isKept = ledger.isKept();
        if (!isKept) {
            ledger.begin();
        }
        if (!isKept || !complete) {
            holder.add(everything());
        }
        look();
        if (isWell(holder)) {
            List<CopyHolder> former = of(lease);
            former.remove(holder);
            former.forEach(each -> gone(each.session));
        }
    }

    /** It gets no more; what it got stays with whoever is at its other end. */
    void gone(Session session) {
        if (holders.remove(session) != null && holders.isEmpty()) {
            ledger.end();
        }
    }

    /** Nobody holds this lease any more: whoever does next is told how it stands. */
    void ended(Lease lease) {
        lease.copiesTold = 0;
    }

    private List<CopyHolder> of(Lease lease) {
        List<CopyHolder> own = new ArrayList<>(holders.values());
        own.removeIf(each -> !each.lease.name.equals(lease.name));
        return own;
    }

    /** All that there is; which is which is found out by who gets it. */
    private Map<Object, IntSupplier> everything() {
        Map<Object, IntSupplier> all = ledgerFiles();
        all.put(kernel.arena, kernel.arena::file);
        kernel.sockets.all().forEach(each -> addSockets(each, all));
        kernel.processes().forEach(each -> addPipes(each, all));
        kernel.processes.released().forEach(each -> addPipes(each, all));
        return all;
    }

    private Map<Object, IntSupplier> ledgerFiles() {
        Map<Object, IntSupplier> all = new LinkedHashMap<>();
        for (int file : ledger.files()) {
            all.put("ledger " + file, () -> file);
        }
        return all;
    }

    private static void addSockets(HeldSocket socket, Map<Object, IntSupplier> all) {
        socket.all().forEach(each -> all.put(each, () -> each.fd));
    }

    private static void addPipes(Incarnation process, Map<Object, IntSupplier> all) {
        for (Capture capture : process.captures) {
            if (capture.pipe() >= 0) {
                all.put(capture, capture::pipe);
            }
        }
    }

    private void send(Map<Object, IntSupplier> more) {
        holders.values().forEach(each -> each.add(more));
    }

    // Whether they are complete.

    private boolean isWell(CopyHolder holder) {
        return ledger.isKept() && holder.missing() == 0 && holder.lingering() == 0;
    }

    /** Tells who holds a lease when the copies that were taken last for it are complete, or no longer so. */
    private void look() {
        List<CopyHolder> newest = newest();
        newest.forEach(holder -> {
            Lease lease = holder.lease;
            int now = (missing(holder) > 0 ? 2 : 0) + (holder.lingering() > 0 ? 1 : 0);
            if (now != lease.copiesTold) {
                lease.copiesTold = now;
                tell(lease, holder);
            }
        });
        troubled = newest.stream().anyMatch(each -> !isWell(each));
    }

    private void tell(Lease lease, CopyHolder holder) {
        if (missing(holder) > 0) {
            Log.info("not all of what is held could be copied to pid " + holder.session.peerPid() + ": " + why(holder));
        }
        Session told = lease.holder;
        if (told != null && told.wantsNewsOfCopies) {
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.nameRoom(lease.name));
            FrameEncoder.copies(frame, lease.name);
            told.send(frame);
        }
    }

    /** Of each lease. */
    private List<CopyHolder> newest() {
        Map<String, CopyHolder> newest = new LinkedHashMap<>();
        holders.values().forEach(each -> newest.put(each.lease.name, each));
        return List.copyOf(newest.values());
    }

    /** Of a ledger that cannot be written, nothing is of any use. */
    private int missing(CopyHolder holder) {
        return holder.missing() + (ledger.isKept() ? 0 : 1);
    }

    private String why(CopyHolder holder) {
        return ledger.isKept() ? holder.why() : "cannot write the ledger: " + Errno.of(ledger.failure());
    }

    private String show() {
        StringBuilder lines = new StringBuilder();
        newest().forEach(holder -> lines.append(Words.quote(holder.lease.name))
                .append(" pid=")
                .append(holder.session.peerPid())
                .append(" missing=")
                .append(missing(holder))
                .append(" lingering=")
                .append(holder.lingering())
                .append(' ')
                .append(Words.quote("why", missing(holder) > 0 ? why(holder) : ""))
                .append('\n'));
        return lines.toString();
    }

    /** How many connections have copies. */
    int holders() {
        return holders.size();
    }

    /** How many descriptors could not be copied, of that lease of which it is the most. */
    int missing() {
        return newest().stream().mapToInt(this::missing).max().orElse(0);
    }

    // What is held changes.

    private void note(Consumer<StateWriter> lines) {
        if (!ledger.isKept() && isWanted() && ledger.begin()) {
            send(ledgerFiles());
        }
        if (ledger.isKept()) {
            ledger.add(lines);
        }
        if (troubled || (!ledger.isKept() && isWanted())) {
            holders.values().forEach(CopyHolder::tryAgain);
            look();
        }
    }

    private boolean isWanted() {
        return !holders.isEmpty();
    }

    private void copy(Map<Object, IntSupplier> more) {
        if (isWanted()) {
            send(more);
            look();
        }
    }

    /** A process has been started. */
    void began(Incarnation process) {
        Map<Object, IntSupplier> pipes = new LinkedHashMap<>();
        addPipes(process, pipes);
        copy(pipes);
        note(out -> save(out, process));
    }

    /** All is to be noted of it once more. */
    void changed(Incarnation process) {
        note(out -> save(out, process));
    }

    void ended(Incarnation process) {
        note(out -> out.line("ended")
                .put("process", process.number)
                .put("exit", process.exitCode())
                .put("ended", process.endedMicros())
                .end());
    }

    /** Something new is left of a process. */
    void left(Incarnation process, Proc.Stat newcomer) {
        note(out -> saveLeft(out, process, newcomer));
    }

    void noted(Incarnation process) {
        note(out -> out.line("notes")
                .put("process", process.number)
                .putMap("note", process.annotations)
                .end());
    }

    void released(Incarnation process) {
        note(out -> out.line("over")
                .put("process", process.number)
                .flag("done", process.outputAtEnd())
                .end());
    }

    void emptied(Capture capture) {
        note(out -> out.line("emptied")
                .put("process", capture.owner.number)
                .choice("channel", capture.channel)
                .put("end", capture.end())
                .end());
    }

    /** The words of a request that is carried out. */
    void commit(List<String> words) {
        note(out -> out.line("commit").putAll("word", words).end());
    }

    @Override
    public void opened(HeldSocket socket, HeldSocket fresh) {
        copy(Map.of(fresh, () -> fresh.fd));
        note(out -> kernel.sockets.save(out, socket));
    }

    @Override
    public void closed(HeldSocket socket) {
        holders.values().forEach(each -> socket.all().forEach(each::closed));
        note(out -> out.line("no-socket").put("name", socket.spec.name()).end());
        look();
    }

    @Override
    public void closed(HeldSocket socket, HeldSocket share) {
        holders.values().forEach(each -> each.closed(share));
        note(out -> kernel.sockets.save(out, socket));
        look();
    }

    private void saveEverything(StateWriter out) {
        kernel.arena.save(out);
        kernel.processes.save(out);
        kernel.flow.save(out);
        kernel.values.save(out);
        kernel.sockets.all().forEach(each -> kernel.sockets.save(out, each));
        kernel.processes().forEach(each -> save(out, each));
        kernel.processes.released().forEach(each -> save(out, each));
    }

    private void save(StateWriter out, Incarnation process) {
        StateWriter.Line line = out.line("process");
        SavedIncarnation.put(line, process);
        kernel.processes.put(line, process);
        long ticks = startTicks(process);
        if (ticks >= 0) {
            line.put("ticks", ticks);
        }
        line.end();
        for (Capture capture : process.captures) {
            SavedCapture.saveBriefly(out, posix, capture);
        }
        kernel.orphans.of(process).forEach(each -> saveLeft(out, process, each));
        kernel.strays.of(process).forEach(each -> saveLeft(out, process, each));
    }

    private static void saveLeft(StateWriter out, Incarnation process, Proc.Stat newcomer) {
        out.line("left")
                .put("process", process.number)
                .put("pid", newcomer.pid())
                .put("start", newcomer.startTicks())
                .put("session", newcomer.session())
                .end();
    }

    /** When it was started, as proc(5) tells, by which it is known from others of its number; -1 where that is not certain. */
    private long startTicks(Incarnation process) {
        if (process.hasEnded() || process.reaped) {
            return -1;
        }
        long ticks = kernel.proc.stat(process.pid).map(Proc.Stat::startTicks).orElse(-1L);
        // Who reaps the children of a kernel that was killed is another: while it could be read, the number may have
        // become
        // somebody else's. Not if the process is still there afterwards.
        boolean isIt = process.pidfd < 0 || !Errno.ESRCH.is(posix.pidfdSignal(process.pidfd, 0));
        return isIt ? ticks : -1;
    }
}

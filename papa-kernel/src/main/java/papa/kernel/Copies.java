package papa.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import papa.legacy.Ledger;
import papa.loop.Log;
import papa.passing.PassingSocket;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.SavedCapture;
import papa.process.SavedIncarnation;
import papa.request.Refusal;
import papa.socket.HeldSocket;
import papa.socket.Sockets;
import papa.state.StateWriter;
import papa.wire.Limit;

/**
 * Copies of all that a kernel holds, for the day on which it is killed: the listening sockets, the pipes' reading ends, the memory for
 * output and the {@link Ledger}. They go into connections that asked for them ({@code copies}), and wait there: whoever is at the other
 * end reads nothing, so what was sent lies with the operating system, and is open, as long as that end is.
 *
 * <p>What is closed here stays open there until that end is closed; who holds copies takes new ones now and then ({@code
 * circus.manager.kernel.Copies}). A connection that has taken no more than there is room for gets no further ones. Nothing of this is
 * done before somebody asks. Loop thread only.
 */
final class Copies implements Sockets.Keeper {
    private static final int MOST = Limit.COPIES.most();
    private static final byte[] ANYTHING = {'\n'};

    private final Kernel kernel;
    private final Posix posix;
    private final Ledger ledger;
    private final Map<Session, PassingSocket> holders = new LinkedHashMap<>();

    Copies(Kernel kernel) {
        this.kernel = kernel;
        this.posix = kernel.posix;
        this.ledger = new Ledger(posix, Server.VERSION, this::saveEverything);
    }

    /** {@code copies}. */
    String begin(Session session) throws Refusal {
        if (session.peer.uid() != posix.uid() && session.peer.uid() != 0) {
            throw new Refusal("cannot give copies of what is held to user " + session.peer.uid()
                    + ": only who runs papa may have them, or root");
        }
        if (!kernel.leases.isActing(session)) {
            throw new Refusal("cannot give copies of what is held: this connection has not joined a lease");
        }
        if (holders.size() >= MOST) {
            throw new Refusal("cannot give copies of what is held: " + MOST + " connections have some already");
        }
        hold(session);
        return "";
    }

    boolean isHeldBy(Session session) {
        return holders.containsKey(session);
    }

    /** A connection that had copies before this program took over. */
    void hold(Session session) {
        try {
            holders.put(session, PassingSocket.of(session.descriptor()));
        } catch (IOException noNativeCode) {
            Log.info(noNativeCode.getMessage() + "");
            return;
        }
        if (ledger.isKept() || ledger.begin()) {
            send(session, everything());
        }
    }

    void gone(Session session) {
        if (holders.remove(session) != null && holders.isEmpty()) {
            ledger.end();
        }
    }

    /** All descriptors; which is which is found out by who gets them. */
    private List<Integer> everything() {
        List<Integer> all = new ArrayList<>();
        for (int file : ledger.files()) {
            all.add(file);
        }
        all.add(kernel.arena.file());
        kernel.sockets.all().forEach(each -> all.addAll(each.descriptors()));
        kernel.processes().forEach(each -> addPipes(each, all));
        kernel.processes.released().forEach(each -> addPipes(each, all));
        return all;
    }

    private static void addPipes(Incarnation process, List<Integer> all) {
        for (Capture capture : process.captures) {
            if (capture.pipe() >= 0) {
                all.add(capture.pipe());
            }
        }
    }

    private void send(List<Integer> descriptors) {
        List.copyOf(holders.keySet()).forEach(each -> send(each, descriptors));
    }

    private void send(Session session, List<Integer> descriptors) {
        PassingSocket socket = holders.get(session);
        for (int from = 0; socket != null && from < descriptors.size(); from += PassingSocket.MOST_DESCRIPTORS) {
            int to = Math.min(descriptors.size(), from + PassingSocket.MOST_DESCRIPTORS);
            try {
                socket.send(
                        ANYTHING,
                        descriptors.subList(from, to).stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
            } catch (IOException full) {
                Log.info("copies of what is held are not complete at pid " + session.peerPid() + ": "
                        + full.getMessage());
                gone(session);
                return;
            }
        }
    }

    // What is held changes.

    private void note(Consumer<StateWriter> lines) {
        if (ledger.isKept()) {
            ledger.add(lines);
        }
    }

    private boolean isWanted() {
        return !holders.isEmpty();
    }

    /** A process has been started. */
    void began(Incarnation process) {
        if (isWanted()) {
            List<Integer> pipes = new ArrayList<>(2);
            addPipes(process, pipes);
            send(pipes);
            note(out -> save(out, process));
        }
    }

    void ended(Incarnation process) {
        note(out -> out.line("ended")
                .put("process", process.number)
                .put("exit", process.exitCode())
                .put("ended", process.endedMicros())
                .end());
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
    public void opened(HeldSocket socket) {
        if (isWanted()) {
            send(socket.descriptors());
            note(out -> kernel.sockets.save(out, socket));
        }
    }

    @Override
    public void closed(HeldSocket socket) {
        note(out -> out.line("no-socket").put("name", socket.spec.name()).end());
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
        if (!process.hasEnded()) {
            new Proc(posix).stat(process.pid).ifPresent(stat -> line.put("ticks", stat.startTicks()));
        }
        line.end();
        for (Capture capture : process.captures) {
            SavedCapture.saveBriefly(out, posix, capture);
        }
    }
}

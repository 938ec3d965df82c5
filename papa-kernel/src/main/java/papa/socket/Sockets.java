package papa.socket;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Limit;
import papa.wire.Words;

/** All sockets that the kernel holds, and those that are being opened. Loop thread only. */
public final class Sockets {
    private static final int MOST = Limit.SOCKETS.most();

    /** Requests that may wait for one that makes the same socket. */
    private static final int MOST_WAITING = 16;

    /** A socket that is being opened, and who asked for the same meanwhile. */
    private record Opening(SocketSpec spec, List<Asked> waiting) {}

    private record Asked(SocketSpec spec, Reply reply) {}

    private final Posix posix;
    private final SocketOpener opener;
    private final InheritedSockets inherited;
    private final Runnable changed;
    private final TreeMap<String, HeldSocket> sockets = new TreeMap<>();
    private final Map<String, Opening> opening = new LinkedHashMap<>();
    private int shares;

    /** Told of each that is about to be closed. */
    private Consumer<HeldSocket> closing = socket -> {};

    /** Keeps copies of what is held. */
    public interface Keeper {
        /** It is open, or has one more share: that is the fresh one, else it is itself. */
        void opened(HeldSocket socket, HeldSocket fresh);

        /** It is about to be closed, and its shares with it. */
        void closed(HeldSocket socket);

        /** It has that share no more, which is about to be closed. */
        void closed(HeldSocket socket, HeldSocket share);
    }

    private Keeper keeper = new Keeper() {
        @Override
        public void opened(HeldSocket socket, HeldSocket fresh) {}

        @Override
        public void closed(HeldSocket socket) {}

        @Override
        public void closed(HeldSocket socket, HeldSocket share) {}
    };

    /** @param changed told after each change */
    public Sockets(Posix posix, EventLoop loop, Runnable changed) {
        this.posix = posix;
        this.inherited = new InheritedSockets(posix);
        this.opener = new SocketOpener(posix, loop, inherited);
        this.changed = changed;
    }

    /** Tells a listener of each that is about to be closed. */
    public void onClose(Consumer<HeldSocket> listener) {
        closing = listener;
    }

    /** Tells a keeper of copies from now on. */
    public void keepCopies(Keeper keeping) {
        keeper = keeping;
    }

    /** All that are held, as {@link SavedSocket} tells. */
    public void save(StateWriter out) {
        sockets.values().forEach(each -> save(out, each));
        inherited.save(out);
    }

    /** One of them. */
    public void save(StateWriter out, HeldSocket socket) {
        SavedSocket.save(out, posix, socket);
    }

    public void restoreFrom(StateReader reader) {
        reader.on("inherited-socket", inherited::restore);
        reader.on("socket", line -> {
            HeldSocket socket = SavedSocket.restore(line, posix, inherited);
            if (sockets.put(socket.spec.name(), socket) != null) {
                throw line.wrong("there is one of this name already");
            }
        });
        reader.on("share", line -> {
            HeldSocket of = sockets.get(line.text("of"));
            if (of == null) {
                throw line.wrong("there is no socket of=" + line.text("of"));
            }
            of.addShare(line.text("process"), SavedSocket.restoreShare(line, posix, of));
            shares++;
        });
    }

    /** Opens a socket, or finds it open with the same options. */
    public void make(SocketSpec spec, Reply reply) throws Refusal {
        HeldSocket existing = sockets.get(spec.name());
        if (existing != null) {
            if (!spec.agreesWith(existing.spec, existing.port)) {
                throw new Refusal(
                        "Socket for " + spec.name() + " has already been created - " + describe(existing, spec));
            }
            reply.ok(describe(existing, spec) + "\n");
            return;
        }
        Opening same = opening.get(spec.name());
        if (same != null) {
            if (same.waiting().size() >= MOST_WAITING) {
                throw new Refusal("cannot make socket " + spec.name() + ": other requests are making it just now");
            }
            same.waiting().add(new Asked(spec, reply));
            return;
        }
        demandFreePath(spec);
        demandRoom("cannot make socket " + spec.name());
        opener.open(spec, new SocketOpener.Opened() {
            @Override
            public void opened(HeldSocket socket) {
                sockets.put(spec.name(), socket);
                keeper.opened(socket, socket);
                reply.ok(describe(socket, spec) + "\n");
                answerWaiting(spec.name());
            }

            @Override
            public void failed(Refusal refusal) {
                reply.refused(refusal);
                answerWaiting(spec.name());
                changed.run();
            }
        });
        opening.put(spec.name(), new Opening(spec, new ArrayList<>(0))); // told in a later turn
    }

    private void answerWaiting(String name) {
        Opening done = opening.remove(name);
        for (Asked each : done == null ? List.<Asked>of() : done.waiting()) {
            try {
                make(each.spec(), each.reply());
            } catch (Refusal refusal) {
                each.reply().refused(refusal);
            }
        }
    }

    private static String describe(HeldSocket socket, SocketSpec asked) {
        return asked.papas() ? socket.describe() : socket.describeQuoted();
    }

    private void demandFreePath(SocketSpec spec) throws Refusal {
        if (!spec.isUnix()) {
            return;
        }
        List<SocketSpec> others = new ArrayList<>();
        sockets.values().forEach(each -> others.add(each.spec));
        opening.values().forEach(each -> others.add(each.spec()));
        for (SocketSpec other : others) {
            if (other.path().equals(spec.path())) {
                throw new SocketFailure(
                        spec,
                        "Socket for " + spec.path() + " has already been created",
                        " at " + Words.text(spec.path()) + ": socket " + Words.text(other.name()) + " is there");
            }
        }
    }

    private void demandRoom(String cannot) throws Refusal {
        if (sockets.size() + opening.size() + shares >= MOST) {
            throw new Refusal(cannot + ": there are " + MOST + " already");
        }
    }

    /** What a process gets that is handed a socket: this one, or one of its own, which its successors get as well. */
    public HeldSocket forProcess(HeldSocket socket, String process) throws Refusal {
        if (!socket.spec.isPerProcess()) {
            return socket;
        }
        HeldSocket share = socket.share(process);
        if (share == null) {
            demandRoom("cannot make a socket of " + socket.spec.name() + " for " + process);
            share = SocketOpening.share(posix, socket);
            socket.addShare(process, share);
            shares++;
            keeper.opened(socket, share);
        }
        return share;
    }

    /** Nobody of that name will come again: what it had for itself is closed. */
    public void forgetProcess(String process) {
        if (shares == 0) {
            return;
        }
        for (HeldSocket socket : sockets.values()) {
            HeldSocket share = socket.removeShare(process);
            if (share != null) {
                keeper.closed(socket, share);
                share.close(posix);
                shares--;
            }
        }
    }

    /** Those that papa was started with and nobody has asked for. */
    public InheritedSockets inherited() {
        return inherited;
    }

    public Collection<HeldSocket> all() {
        return sockets.values();
    }

    public @Nullable HeldSocket get(String name) {
        return sockets.get(name);
    }

    /** Whether a name of one that is held or being opened is such a one. */
    public boolean any(Predicate<String> wanted) {
        return sockets.keySet().stream().anyMatch(wanted)
                || opening.keySet().stream().anyMatch(wanted);
    }

    /** Whether some are being opened. */
    public boolean areOpening() {
        return !opening.isEmpty();
    }

    /** Whether none is held, and none is being opened. */
    public boolean isEmpty() {
        return sockets.isEmpty() && opening.isEmpty();
    }

    public void remove(HeldSocket socket) {
        sockets.remove(socket.spec.name());
        closing.accept(socket);
        keeper.closed(socket);
        shares -= socket.shares().size();
        socket.close(posix);
        changed.run();
    }

    /** Closes all, and those that are being opened as soon as they are. */
    public void close() {
        opener.close();
        List.copyOf(sockets.values()).forEach(this::remove);
        inherited.close();
    }
}

package circus.manager.resident;

import circus.manager.kernel.Exit;
import circus.manager.kernel.ForwardingKernel;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.kernel.SpawnReply;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Launcher;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The kernel as watchers see it, with the workers beside it that are threads of circusd. A thread has as its pid the number that Linux gives
 * it: figures of processes can be read by it, and it is nobody else's. The signals that end a process end a thread by {@link
 * Resident#close}; by SIGKILL it counts as ended at once, whether or not it comes back. Other signals do nothing. Used on circus-loop only.
 */
public final class Residents extends ForwardingKernel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Residents.class.getName());
    private static final int SIGKILL = 9;

    /** HUP, INT, QUIT, KILL and TERM. */
    private static final Set<Integer> ENDING = Set.of(1, 2, 3, SIGKILL, 15);

    private static final int FAILED = 1;

    private final Map<String, Kind> kinds;
    private final Executor loop;
    private final Clock clock;
    private final Consumer<Exit> ended;
    private final Map<Long, Running> running = new HashMap<>();

    /** Below zero: the kernel's are above it. */
    private long lastIncarnation;

    /** What makes workers of one kind. On circus-loop. */
    public interface Kind {
        /** @param watcher its name in lower case */
        Resident make(String watcher);
    }

    private static final class Running {
        private final String name;
        private final Resident resident;
        private @Nullable Thread thread;

        /** The signal that it was sent to end it; 0 for none. */
        private int signal;

        private Running(String name, Resident resident) {
            this.name = name;
            this.resident = resident;
        }

        private void end() {
            resident.close();
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    /**
     * @param kernel for all other workers, and whatever else is asked of it
     * @param kinds makes workers, by what the annotation {@link Launcher#RESIDENT} says
     * @param loop runs tasks on circus-loop
     * @param ended told the ends, on circus-loop
     */
    public Residents(KernelPort kernel, Map<String, Kind> kinds, Executor loop, Clock clock, Consumer<Exit> ended) {
        super(kernel);
        this.kinds = Map.copyOf(kinds);
        this.loop = loop;
        this.clock = clock;
        this.ended = ended;
    }

    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {
        String word = spec.annotations().get(Launcher.RESIDENT);
        if (word == null) {
            super.spawn(spec, reply);
            return;
        }
        Kind kind = Objects.requireNonNull(kinds.get(word), word);
        long incarnation = --lastIncarnation;
        Running begun = new Running(spec.name(), kind.make(watcher(spec.name())));
        Thread thread = new Thread(() -> run(incarnation, begun, reply), "circus-" + spec.name());
        thread.setDaemon(true);
        begun.thread = thread;
        running.put(incarnation, begun);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            running.remove(incarnation);
            begun.resident.close();
            String reason =
                    "cannot start " + spec.name() + ": circusd gets no thread for it (" + noThread.getMessage() + ")";
            loop.execute(() -> reply.failed(reason));
        }
    }

    private static String watcher(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** On its own thread. */
    private void run(long incarnation, Running begun, SpawnReply reply) {
        Launched launched = new Launched(incarnation, ThreadNumber.ofCurrent(), clock.now());
        loop.execute(() -> reply.spawned(launched));
        Throwable fault = null;
        try {
            begun.resident.run();
        } catch (Throwable thrown) { // whatever it throws is its own
            fault = thrown;
        } finally {
            Throwable cause = fault;
            loop.execute(() -> over(incarnation, cause));
        }
    }

    /** @param fault by which it has ended; null where it came back */
    private void over(long incarnation, @Nullable Throwable fault) {
        Running over = running.remove(incarnation);
        if (over == null) {
            return;
        }
        if (fault != null && over.signal == 0) {
            LOG.log(Level.ERROR, over.name + " has ended by a fault: " + fault.getMessage(), fault);
        }
        int code = fault == null ? 0 : FAILED;
        ended.accept(new Exit(incarnation, over.signal == 0 ? code : -over.signal, clock.now(), 0));
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target) {
        if (incarnation >= 0) {
            super.signal(incarnation, signal, target);
        } else if (target == SignalTarget.PROCESS || target == SignalTarget.TREE) {
            signalled(incarnation, signal);
        }
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target, SignalReply reply) {
        if (incarnation >= 0) {
            super.signal(incarnation, signal, target, reply);
            return;
        }
        boolean isThere = running.containsKey(incarnation);
        signal(incarnation, signal, target);
        // Not before the caller has come back, as with the kernel.
        loop.execute(() -> reply.sent(isThere && target != SignalTarget.CHILDREN));
    }

    @Override
    public void signalChild(long incarnation, int child, int signal, SignalReply reply) {
        if (incarnation >= 0) {
            super.signalChild(incarnation, child, signal, reply);
        } else {
            loop.execute(() -> reply.sent(false));
        }
    }

    private void signalled(long incarnation, int signal) {
        Running target = running.get(incarnation);
        if (target == null || !ENDING.contains(signal)) {
            return;
        }
        target.signal = signal;
        target.end();
        if (signal == SIGKILL) {
            loop.execute(() -> over(incarnation, null));
        }
    }

    /** It does not come back from what it does: counts as ended by SIGKILL, and may be replaced; whatever its thread does further. */
    public void giveUp(Resident hanging) {
        for (Map.Entry<Long, Running> each : Map.copyOf(running).entrySet()) {
            if (each.getValue().resident == hanging) {
                signalled(each.getKey(), SIGKILL);
            }
        }
    }

    @Override
    public void take(long incarnation) {
        if (incarnation >= 0) {
            super.take(incarnation);
        }
    }

    @Override
    public void annotate(long incarnation, String key, String value) {
        if (incarnation >= 0) {
            super.annotate(incarnation, key, value);
        }
    }

    /** circusd ends, or another one takes over: nobody is told of these ends. */
    @Override
    public void close() {
        List.copyOf(running.values()).forEach(Running::end);
        running.clear();
    }
}

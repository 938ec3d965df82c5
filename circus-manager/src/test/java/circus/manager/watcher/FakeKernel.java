package circus.manager.watcher;

import circus.manager.kernel.Caller;
import circus.manager.kernel.Exit;
import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.ListedSocket;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.kernel.SocketList;
import circus.manager.kernel.SocketReply;
import circus.manager.kernel.SpawnReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A kernel in memory. Nothing happens by itself: requests wait until {@link #turn} is called, and processes end when a test says so or
 * when they obey a signal.
 */
public final class FakeKernel implements KernelPort {
    /** What a process does on the stop signal, and what it leaves behind. */
    public enum Temper {
        OBEDIENT,
        STUBBORN
    }

    /** A process as the kernel sees it. */
    public static final class Child {
        public final LaunchSpec spec;
        public final Launched launched;
        public final Map<String, String> notes;
        public Temper temper;
        public int leftovers;
        public boolean stubbornLeftovers;

        /** Pids of its children. */
        public final Set<Integer> children = new TreeSet<>();

        Child(LaunchSpec spec, Launched launched, Temper temper) {
            this.spec = spec;
            this.launched = launched;
            this.notes = new LinkedHashMap<>(spec.annotations());
            this.temper = temper;
        }
    }

    /** A process that has ended. */
    public record Ended(Child child, Exit exit) {}

    private record Request(LaunchSpec spec, SpawnReply reply) {}

    /** Held sockets by name, with their options. */
    public final Map<String, Map<String, String>> sockets = new TreeMap<>();

    /** Why the next sockets cannot be opened. */
    public final Deque<String> socketFailures = new ArrayDeque<>();

    /** What is told of the sockets that are held. */
    public final List<ListedSocket> listed = new ArrayList<>();

    /** Why the next signals cannot be sent. */
    public final Deque<String> signalFailures = new ArrayDeque<>();

    private final Map<String, Integer> descriptors = new TreeMap<>();

    private final Clock clock;
    private final Consumer<Exit> exits;
    private final LongConsumer gones;
    private final Deque<Request> requests = new ArrayDeque<>();
    private final Deque<Runnable> news = new ArrayDeque<>();
    private long incarnations;
    private int pids = 1000;

    /** Who waits for a connection, by socket. */
    public final Map<String, List<Caller>> callers = new LinkedHashMap<>();

    public final Map<Long, Child> running = new TreeMap<>();
    public final Map<Long, Child> lingering = new TreeMap<>();
    public final Set<Long> notTaken = new TreeSet<>();

    /** How the processes ended whose exits nobody has taken. */
    public final Map<Long, Ended> ended = new TreeMap<>();

    public final Map<String, String> values = new LinkedHashMap<>();
    public final List<String> signals = new ArrayList<>();
    public final Deque<String> failures = new ArrayDeque<>();
    public boolean failAlways;
    public Temper temper = Temper.OBEDIENT;
    public int spawns;

    public FakeKernel(Clock clock, Consumer<Exit> exits, LongConsumer gones) {
        this.clock = clock;
        this.exits = exits;
        this.gones = gones;
    }

    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {
        requests.add(new Request(spec, reply));
    }

    @Override
    public void openSocket(String name, Map<String, String> options, SocketReply reply) {
        news.add(() -> {
            if (!socketFailures.isEmpty()) {
                reply.failed(socketFailures.remove());
                return;
            }
            Map<String, String> existing = sockets.putIfAbsent(name, options);
            if (existing != null && !existing.equals(options)) {
                reply.failed("Socket for " + name + " has already been created");
                return;
            }
            int number = descriptors.computeIfAbsent(name, each -> 64 + descriptors.size());
            reply.opened(new HeldSocket(name, number, Optional.empty(), Optional.empty(), Optional.empty()));
        });
    }

    @Override
    public void removeSocket(String name) {
        if (sockets.remove(name) == null) {
            throw new AssertionError("there is no socket " + name);
        }
    }

    /** How many requests wait for an answer. */
    public int waiting() {
        return requests.size();
    }

    /** Answers the oldest request. */
    public void answerOne() {
        Request request = requests.remove();
        spawns++;
        boolean nameTaken = running.values().stream()
                .anyMatch(process -> process.spec.name().equals(request.spec.name()));
        if (nameTaken) {
            throw new AssertionError(request.spec.name() + " runs already");
        }
        if (failAlways || !failures.isEmpty()) {
            request.reply.failed(
                    failures.isEmpty() ? "cannot start " + request.spec.name() + ": ENOENT" : failures.remove());
            return;
        }
        Launched launched = new Launched(++incarnations, ++pids, clock.now());
        running.put(launched.incarnation(), new Child(request.spec, launched, temper));
        request.reply.spawned(launched);
    }

    /** Lets everything happen that is under way: answers, and the ends of those that obeyed. */
    public boolean turn() {
        boolean any = false;
        while (!requests.isEmpty() || !news.isEmpty()) {
            any = true;
            if (!requests.isEmpty()) {
                answerOne();
            } else {
                news.remove().run();
            }
        }
        return any;
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target) {
        signals.add(incarnation + " " + signal
                + (target == SignalTarget.PROCESS ? "" : " " + target.name().toLowerCase(Locale.ROOT)));
        if (target == SignalTarget.LEFTOVERS) {
            Child process = lingering.get(incarnation);
            if (process != null && (signal == 9 || !process.stubbornLeftovers)) {
                news.add(() -> leftoversEnd(incarnation));
            }
            return;
        }
        Child process = running.get(incarnation);
        if (process != null && signal != 1 && (signal == 9 || process.temper == Temper.OBEDIENT)) {
            news.add(() -> end(incarnation, -signal));
        }
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target, SignalReply reply) {
        boolean there = target == SignalTarget.CHILDREN
                ? running.containsKey(incarnation)
                        && !running.get(incarnation).children.isEmpty()
                : running.containsKey(incarnation);
        if (target == SignalTarget.CHILDREN) {
            signals.add(incarnation + " " + signal + " children");
        } else {
            Child process = running.get(incarnation);
            if (process != null && target == SignalTarget.TREE) {
                List<Integer> pids = new ArrayList<>(List.of(process.launched.pid()));
                pids.addAll(process.children);
                news.add(() -> reply.reached(pids));
            }
            signal(incarnation, signal, target);
        }
        answer(reply, there);
    }

    @Override
    public void signalChild(long incarnation, int child, int signal, SignalReply reply) {
        signals.add(incarnation + " " + signal + " child=" + child);
        Child process = running.get(incarnation);
        answer(reply, process != null && process.children.contains(child));
    }

    private void answer(SignalReply reply, boolean there) {
        news.add(() -> {
            if (signalFailures.isEmpty()) {
                reply.sent(there);
            } else {
                reply.failed(signalFailures.remove());
            }
        });
    }

    @Override
    public void listSockets(SocketList list) {
        news.add(() -> {
            if (socketFailures.isEmpty()) {
                list.listed(List.copyOf(listed));
            } else {
                list.failed(socketFailures.remove());
            }
        });
    }

    /** The manager has died: what it asked for is carried out, and answered to nobody. */
    public void managerDied() {
        callers.clear();
        while (!requests.isEmpty()) {
            LaunchSpec spec = requests.remove().spec();
            if (!failAlways && failures.isEmpty()) {
                Launched launched = new Launched(++incarnations, ++pids, clock.now());
                running.put(launched.incarnation(), new Child(spec, launched, temper));
            }
        }
    }

    /** The process ends, by itself or by a signal. */
    public void end(long incarnation, int code) {
        Child process = running.remove(incarnation);
        if (process == null) {
            return;
        }
        notTaken.add(incarnation);
        if (process.leftovers > 0) {
            lingering.put(incarnation, process);
        }
        Exit exit = new Exit(incarnation, code, clock.now(), process.leftovers);
        ended.put(incarnation, new Ended(process, exit));
        exits.accept(exit);
    }

    public void leftoversEnd(long incarnation) {
        if (lingering.remove(incarnation) != null) {
            gones.accept(incarnation);
        }
    }

    public Child child(long incarnation) {
        return Objects.requireNonNull(running.get(incarnation));
    }

    /** The incarnation that runs under this name. */
    public long incarnationOf(String name) {
        return running.values().stream()
                .filter(process -> process.spec.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " does not run"))
                .launched
                .incarnation();
    }

    public List<String> names() {
        return running.values().stream().map(process -> process.spec.name()).toList();
    }

    @Override
    public void take(long incarnation) {
        if (!notTaken.remove(incarnation)) {
            throw new AssertionError("exit of " + incarnation + " taken twice, or before it ended");
        }
        ended.remove(incarnation);
    }

    @Override
    public void annotate(long incarnation, String key, String value) {
        Child process = running.get(incarnation);
        if (process != null) {
            process.notes.put(key, value);
        }
    }

    @Override
    public void awaitConnection(String socket, Caller caller) {
        callers.computeIfAbsent(socket, unused -> new ArrayList<>()).add(caller);
    }

    /** Somebody connects to a socket. @return whether anybody wanted to know */
    public boolean connect(String socket) {
        List<Caller> told = callers.remove(socket);
        if (told != null) {
            told.forEach(Caller::called);
        }
        return told != null;
    }

    @Override
    public void putValue(String key, String value) {
        values.put(key, value);
    }

    @Override
    public void removeValue(String key) {
        values.remove(key);
    }
}

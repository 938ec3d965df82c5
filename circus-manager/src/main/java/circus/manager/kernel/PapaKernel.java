package circus.manager.kernel;

import circus.manager.failpoint.Failpoint;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import papa.client.Hello;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame;
import papa.wire.MakeOption;
import papa.wire.Usage;

/**
 * The manager's connection to its kernel: holds the lease, carries what {@link KernelPort} asks, and brings what {@link
 * KernelEvents} tells. Owned by circus-loop, which watches {@link #channel}, calls {@link #onReadable} when it can be
 * read and {@link #flush} at the end of each turn.
 *
 * <p>The methods that throw {@link PapaException} wait for the kernel and are for start-up, for sockets and for the end.
 * What the kernel tells before {@link #attached} was asked is part of its answer; from then on it goes to the listener.
 */
public final class PapaKernel implements KernelPort, Closeable {
    private static final Logger LOGGER = System.getLogger(PapaKernel.class.getName());
    private static final Duration LEASE_PATIENCE = Duration.ofSeconds(2);
    private static final Duration COPIES_LIMIT = Duration.ofSeconds(1);
    private static final String USAGE = "usage";
    private static final String GONE = "the kernel has gone";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Path socket;
    private final String prefix;
    private final KernelEvents events;
    private final EventOrder order;
    private Register register = Register.NONE;
    private final KernelChannel channel;
    private final Lease lease;
    private final Commits commits = new Commits();
    private final Knocks knocks;
    private Optional<Copies> copies = Optional.empty();

    /** What was told before the list of attached processes; null once that list was given. */
    private @Nullable List<Frame> early = new ArrayList<>();

    /** The answers to what was asked for after the connection's end. */
    private final List<Runnable> tooLate = new ArrayList<>();

    /** The values of each commit that is under way, in the order of the requests. Bounded as what may be under way on a connection is. */
    private final Deque<Map<String, Optional<String>>> unconfirmed = new ArrayDeque<>();

    /** A value was changed in this turn. */
    private boolean recording;

    private boolean finished;

    /**
     * Connects, takes the lease and follows the events of this arbiter's processes.
     *
     * @param arbiter name of the arbiter
     * @throws PapaException if no kernel answers, if it is a stranger's, or if another manager has the lease
     */
    public PapaKernel(Path socket, String arbiter, KernelEvents events) throws PapaException {
        this(socket, arbiter, events, true);
    }

    /** One that only looks, beside the manager who has the lease: what it asks for beyond that is refused by the kernel. */
    public static PapaKernel observing(Path socket, String arbiter) throws PapaException {
        return new PapaKernel(
                socket,
                arbiter,
                new KernelEvents() {
                    @Override
                    public void exited(Exit exit) {}

                    @Override
                    public void gone(long incarnation) {}

                    @Override
                    public void kernelLost(String reason) {}
                },
                false);
    }

    private PapaKernel(Path socket, String arbiter, KernelEvents events, boolean manages) throws PapaException {
        this.socket = socket;
        this.prefix = "circus." + arbiter + ".";
        this.events = events;
        this.order = new EventOrder(new Registered());
        this.channel = KernelChannel.open(socket, this::told);
        this.knocks = new Knocks(channel, prefix);
        try {
            checkOwner(socket);
            this.lease = manages
                    ? Lease.take(channel, "circus." + arbiter, KernelChannel.PATIENCE, LEASE_PATIENCE)
                    : new Lease("circus." + arbiter, 0);
            if (manages) {
                if (channel.hello().can(USAGE)) {
                    call("follow", USAGE);
                }
                call("follow", "events", prefix + "*");
            }
        } catch (PapaException e) {
            channel.close();
            throw e;
        }
    }

    /** What is told of processes, first to the register. */
    private final class Registered implements KernelEvents {
        @Override
        public void exited(Exit exit) {
            register.isOver(exit.incarnation());
            events.exited(exit);
        }

        @Override
        public void gone(long incarnation) {
            events.gone(incarnation);
        }

        @Override
        public void kernelLost(String reason) {
            events.kernelLost(reason);
        }
    }

    /**
     * From now on copies are kept of what the kernel holds.
     *
     * @param left by a kernel before this one, which is kept until there are such of this one; closed here
     */
    public void keepCopies(Optional<SocketChannel> left) {
        copies = Copies.begin(socket, channel.hello(), lease.name(), lease.epoch(), left);
        if (copies.isPresent()) {
            channel.request(List.of("copies", "news"), Unread.REPLY); // an earlier papa has none
        }
    }

    /** What is left of a kernel that was killed; nothing where no copies were kept. */
    public Optional<SocketChannel> copies() {
        return copies.flatMap(Copies::end);
    }

    /** Who is told from now on which processes run. */
    public void tellWhoRuns(Register told) {
        register = told;
    }

    /** In a directory that others may write to, a socket could be anybody's. */
    private void checkOwner(Path socket) throws PapaException {
        try {
            UserPrincipal theirs = channel.channel()
                    .getOption(ExtendedSocketOptions.SO_PEERCRED)
                    .user();
            UserPrincipal ours = Files.getOwner(Path.of("/proc/self"));
            if (!theirs.equals(ours) && !theirs.getName().equals("root")) {
                throw new PapaException("cannot use the kernel at " + socket + ": it runs as user " + theirs.getName()
                        + ", we are " + ours.getName());
            }
        } catch (IOException e) {
            throw new PapaException("cannot find out whose the kernel at " + socket + " is: " + e, e);
        }
    }

    /** Name of the lease, for other connections of this process that join it. */
    public String lease() {
        return lease.name();
    }

    public long epoch() {
        return lease.epoch();
    }

    public Hello hello() {
        return channel.hello();
    }

    /** Non-blocking, to be watched by the loop. */
    public SelectableChannel channel() {
        return channel.channel();
    }

    /** Whether the loop must also wait for the channel to be writable, and then flush. */
    public boolean wantsWrite() {
        return channel.wantsWrite();
    }

    /** Reads once and delivers replies and events. */
    public void onReadable() {
        guarded(channel::onReadable);
    }

    /** Sends what this turn asked for; its commits go as one request. */
    public void flush() {
        if (recording) {
            Failpoint.BEFORE_RECORD.passSlowly();
            recording = false;
        }
        requestCommits();
        guarded(channel::flush);
        List<Runnable> late = List.copyOf(tooLate);
        tooLate.clear();
        late.forEach(Runnable::run);
    }

    /** A step on the connection, which may find out that there is none any more. */
    private interface Step {
        void run() throws PapaException;
    }

    private void guarded(Step step) {
        if (finished) {
            return;
        }
        try {
            step.run();
        } catch (PapaException e) {
            finished = true;
            events.kernelLost(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {
        if (!channel.isOpen()) {
            // Not at once: a watcher that tries again from within the reply would never come back.
            tooLate.add(() -> reply.failed(GONE));
            return;
        }
        order.asked();
        register.isAsked(spec.name(), spec.environment());
        channel.request(LaunchWords.of(prefix, spec), new ReplyListener() {
            @Override
            public void ok(String text) {
                Launched launched;
                try {
                    Description made = Description.parse(text);
                    launched = new Launched(made.number("incarnation"), (int) made.number("pid"), made.time("started"));
                } catch (PapaException e) {
                    failed(String.valueOf(e.getMessage()));
                    return;
                }
                register.runs(spec.name(), launched.incarnation(), launched.pid());
                copies.ifPresent(Copies::more);
                reply.spawned(launched);
                order.launched(launched.incarnation());
            }

            @Override
            public void failed(String reason) {
                if (channel.isOpen()) { // else nobody knows whether it was started
                    register.isRefused(spec.name());
                }
                reply.failed(explained(reason));
                order.failed();
            }
        });
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target) {
        tell(SignalWords.of(incarnation, signal, target));
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target, SignalReply reply) {
        channel.request(SignalWords.of(incarnation, signal, target), SignalWords.listener(prefix, reply));
    }

    @Override
    public void signalChild(long incarnation, int child, int signal, SignalReply reply) {
        channel.request(SignalWords.ofChild(incarnation, child, signal), SignalWords.listener(prefix, reply));
    }

    @Override
    public void take(long incarnation) {
        commits.exit(incarnation);
    }

    @Override
    public void annotate(long incarnation, String key, String value) {
        if (key.equals(LEFT)) {
            register.isOver(incarnation);
        }
        tell(List.of("annotate", Long.toString(incarnation), key + "=" + value));
    }

    @Override
    public void awaitConnection(String socket, Caller caller) {
        knocks.await(socket, caller);
    }

    @Override
    public void putValue(String key, String value) {
        recording = true;
        commits.set(prefix + key, value);
    }

    @Override
    public void removeValue(String key) {
        commits.unset(prefix + key);
    }

    @Override
    public void openSocket(String name, Map<String, String> options, SocketReply reply) {
        if (!channel.isOpen()) {
            tooLate.add(() -> reply.failed(GONE));
            return;
        }
        channel.request(socketWords(name, options), new ReplyListener() {
            @Override
            public void ok(String text) {
                HeldSocket socket;
                try {
                    socket = describeSocket(Description.parse(text));
                } catch (PapaException e) {
                    failed(String.valueOf(e.getMessage()));
                    return;
                }
                reply.opened(socket);
            }

            @Override
            public void failed(String reason) {
                reply.failed(explained(reason));
            }
        });
    }

    private List<String> socketWords(String name, Map<String, String> options) {
        List<String> words = new ArrayList<>(List.of("make", "socket", prefix + name));
        options.forEach((key, value) -> words.add(key + "=" + value));
        return words;
    }

    @Override
    public void listSockets(SocketList list) {
        channel.request(List.of("list", "sockets", prefix + "*"), new ReplyListener() {
            @Override
            public void ok(String text) {
                List<ListedSocket> sockets = new ArrayList<>();
                try {
                    for (Description each : Description.parseAll(text)) {
                        sockets.add(listed(each));
                    }
                } catch (PapaException e) {
                    failed(String.valueOf(e.getMessage()));
                    return;
                }
                list.listed(sockets);
            }

            @Override
            public void failed(String reason) {
                list.failed(explained(reason));
            }
        });
    }

    private ListedSocket listed(Description socket) throws PapaException {
        boolean unix = socket.find("path").isPresent();
        return new ListedSocket(
                withoutPrefix(socket.name()),
                (int) socket.number("fileno"),
                (int) socket.number("backlog"),
                socket.find("address"),
                unix ? 0 : (int) socket.number("port"),
                socket.find("path"));
    }

    @Override
    public void removeSocket(String name) {
        copies.ifPresent(Copies::drop); // it is to be closed, and not to wait for somebody who accepts
        channel.request(List.of("remove", "sockets", prefix + name), new ReplyListener() {
            @Override
            public void ok(String text) {
                copies.ifPresent(Copies::renew);
            }

            @Override
            public void failed(String reason) {
                copies.ifPresent(Copies::renew);
                warn("remove", reason);
            }
        });
        knocks.closed(name);
    }

    /** Deletes every value of this arbiter. */
    public void removeAllValues() {
        requestCommits();
        tell(List.of("remove", "values", prefix + "*"));
    }

    /** Throws away what ended processes of these names have left: output and exit codes. Their names are without prefix. */
    public void forget(Collection<String> names) {
        names.forEach(name -> tell(List.of("remove", "processes", prefix + name)));
    }

    private void requestCommits() {
        Map<String, Optional<String>> values = commits.values();
        List<List<String>> requests = commits.drain();
        for (int i = 0; i < requests.size(); i++) {
            List<String> request = requests.get(i);
            // All of them, until the last request is confirmed: to tell a value twice does no harm.
            unconfirmed.add(i == requests.size() - 1 ? values : Map.of());
            channel.request(request, new ReplyListener() {
                @Override
                public void ok(String text) {
                    unconfirmed.remove();
                }

                @Override
                public void failed(String reason) {
                    if (channel.isOpen()) { // else a next kernel is to have them
                        unconfirmed.remove();
                        warn(request.get(0), reason);
                    }
                }
            });
        }
    }

    /** The values that were changed last, of which this kernel has not said that it has them. */
    public Map<String, Optional<String>> unconfirmed() {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        unconfirmed.forEach(all::putAll);
        all.putAll(commits.values());
        return all;
    }

    /** Changes values as {@link #unconfirmed} of a former kernel has told. */
    public void change(Map<String, Optional<String>> values) {
        values.forEach(
                (name, value) -> value.ifPresentOrElse(text -> commits.set(name, text), () -> commits.unset(name)));
        flush();
    }

    /** Sends a request of which only a refusal is of interest. */
    private void tell(List<String> words) {
        channel.request(words, new ReplyListener() {
            @Override
            public void ok(String text) {}

            @Override
            public void failed(String reason) {
                warn(words.get(0), reason);
            }
        });
    }

    private void warn(String verb, String reason) {
        if (channel.isOpen()) {
            LOGGER.log(Level.WARNING, () -> "the kernel refused " + verb + ": " + reason);
        }
    }

    private void told(Frame frame) {
        if (frame instanceof Frame.Knock knock) {
            knocks.came(knock.name());
        } else if (frame instanceof Frame.Copies) {
            copies.ifPresent(Copies::look);
        } else if (early != null) {
            early.add(frame);
        } else {
            order.told(frame);
        }
    }

    /**
     * Has the kernel become another program ({@code papa upgrade}); nothing else waits for that.
     *
     * @param told gets what the kernel says, a line for each step
     */
    public void upgrade(Path home, Path java, Consumer<String> told, Consumer<String> refused) {
        channel.request(List.of("upgrade", "to=" + home, "java=" + java), new ReplyListener() {
            @Override
            public void ok(String text) {
                told.accept(text);
            }

            @Override
            public void failed(String reason) {
                refused.accept(reason);
            }
        });
    }

    /** Has {@code papa --init} regard this process as its manager from now on; refused by any other kernel. */
    public void beTheManager() {
        channel.request(List.of("manager"), new ReplyListener() {
            @Override
            public void ok(String text) {
                LOGGER.log(Level.INFO, "papa passes signals on to this circusd from now on");
            }

            @Override
            public void failed(String reason) {
                LOGGER.log(Level.DEBUG, "papa is not the first process of a container: {0}", reason);
            }
        });
    }

    /** All processes of this arbiter that the kernel holds, ended ones too; asked once, before the loop begins. */
    public List<Attached> attached() throws PapaException {
        Map<Long, Attached> all = new LinkedHashMap<>();
        for (Description each : Description.parseAll(call("list", "processes", prefix + "*"))) {
            Attached process = describeAttached(each);
            all.put(process.incarnation(), process);
        }
        List<Frame> meanwhile = early == null ? List.of() : early;
        early = null;
        for (Frame frame : meanwhile) {
            if (frame instanceof Frame.Exit exit) {
                all.computeIfPresent(
                        exit.incarnation(),
                        (incarnation, process) ->
                                process.exit().isPresent() ? process : process.withExit(EventOrder.exitOf(exit)));
            } else if (frame instanceof Frame.Gone gone) {
                all.computeIfPresent(gone.incarnation(), (incarnation, process) -> process.withoutLeftovers());
            }
        }
        all.values().forEach(order::found);
        return List.copyOf(all.values());
    }

    private Attached describeAttached(Description process) throws PapaException {
        long incarnation = process.number("incarnation");
        Optional<Exit> exit = Optional.empty();
        if (process.find("state").equals(Optional.of("ended"))) {
            exit = Optional.of(new Exit(
                    incarnation,
                    (int) process.number("exit"),
                    process.time("ended"),
                    (int) process.number("left"),
                    Usage.of(process.fields())));
        }
        return new Attached(
                withoutPrefix(process.name()),
                incarnation,
                (int) process.number("pid"),
                process.time("started"),
                process.annotations(),
                exit,
                process.find("taken").equals(Optional.of("1")));
    }

    /** The pids of all processes of this arbiter that run. */
    public Set<Integer> running() throws PapaException {
        Set<Integer> pids = new HashSet<>();
        for (Description each : Description.parseAll(call("list", "processes", prefix + "*"))) {
            if (each.find("state").equals(Optional.of("running"))) {
                pids.add((int) each.number("pid"));
            }
        }
        return pids;
    }

    /** The values of this arbiter. */
    public Map<String, String> values() throws PapaException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : call("list", "values", prefix + "*").split("\n")) {
            List<String> words = Description.split(line);
            if (words.size() == 2) {
                values.put(withoutPrefix(words.get(0)), words.get(1));
            }
        }
        return values;
    }

    /** The sockets of this arbiter. */
    public List<HeldSocket> sockets() throws PapaException {
        List<HeldSocket> sockets = new ArrayList<>();
        for (Description each : Description.parseAll(call("list", "sockets", prefix + "*"))) {
            sockets.add(describeSocket(each));
        }
        return sockets;
    }

    /**
     * Opens a listening socket, or finds it open with the same options.
     *
     * @param options of {@code make socket}: host, port, family, path, backlog, umask (decimal), replace …
     * @throws PapaException with the kernel's words, for example that the port is in use
     */
    public HeldSocket makeSocket(String name, Map<String, String> options) throws PapaException {
        return describeSocket(Description.parse(call(socketWords(name, options).toArray(String[]::new))));
    }

    private HeldSocket describeSocket(Description socket) throws PapaException {
        Optional<Integer> port =
                socket.find("port").isPresent() ? Optional.of((int) socket.number("port")) : Optional.empty();
        return new HeldSocket(
                withoutPrefix(socket.name()),
                (int) socket.number("fileno"),
                socket.find("host"),
                port,
                socket.find("path"),
                socket.find("listen").equals(Optional.of("0")));
    }

    /**
     * Asks the kernel to end if it holds nothing, closes this connection, and waits for the kernel's end.
     *
     * @return false if it goes on, because it still holds something or somebody else is connected
     */
    public boolean endIfIdle(Duration limit) throws PapaException {
        requestCommits();
        copies.ifPresent(each -> each.stop(COPIES_LIMIT)); // any new connection would cancel the wish
        String answer = call("exit-if-idle");
        close();
        if (!answer.startsWith("Exiting")) {
            return false;
        }
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!ProcessLife.isOver(hello().pid())) {
            if (System.nanoTime() >= deadlineNanos || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    private String call(String... words) throws PapaException {
        try {
            return channel.call(List.of(words), KernelChannel.PATIENCE);
        } catch (PapaException e) {
            throw new PapaException(explained(String.valueOf(e.getMessage())), e);
        }
    }

    /** The kernel's refusal in our names. What today's papa has no option for is not asked for, so one that lacks it is older. */
    private String explained(String reason) {
        String ours = reason.replace(prefix, "");
        return reason.contains(MakeOption.UNKNOWN)
                ? ours + "; the papa that runs is older than this circusd: papa upgrade brings it up to date"
                : ours;
    }

    private String withoutPrefix(String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException cannot) {
            LOGGER.log(Level.DEBUG, "cannot close a connection to the kernel", cannot);
        }
    }

    /** Ends the connection, and with it the lease; what has been asked for and not flushed is lost. */
    @Override
    public void close() {
        finished = true;
        copies().ifPresent(PapaKernel::closeQuietly);
        channel.close();
    }
}

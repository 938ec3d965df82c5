package papa.kernel;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.cgroup.ControlGroups;
import papa.descent.Apart;
import papa.door.AllowedUsers;
import papa.door.Guard;
import papa.init.Init;
import papa.launch.LeftAtGate;
import papa.launch.Spawner;
import papa.legacy.Found;
import papa.legacy.Salvage;
import papa.loop.ChildEnds;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.loop.Signals;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.posix.SpawnRequest;
import papa.process.Arena;
import papa.process.Incarnation;
import papa.process.UnreadOutput;
import papa.request.Refusal;
import papa.service.ListenFds;
import papa.service.ServiceManager;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.upgrade.Handed;
import papa.upgrade.OwnClasses;

/**
 * All parts of a kernel, put together: anew, or as another program has left them in a state. A restored one has no effect
 * outside before {@link #takeOver}; one that only shows that it could never gets there.
 */
final class House {
    private static final long CEILING_BYTES = 256L * 1024 * 1024;
    /** In the environment, 1: standard input is a socket with copies of what a killed kernel held ({@link Copies}). */
    static final String TAKE_COPIES = "PAPA_TAKE_COPIES";

    private static final int STDIN = 0;
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What a kernel stands on: made anew, or restored. */
    private record Ground(
            LockFile lock,
            Instance instance,
            Beginning beginning,
            EventLoop loop,
            Arena arena,
            ControlGroups<Incarnation> controlGroups) {}

    final Posix posix;
    final EventLoop loop;
    final Spawner spawner;
    private long longestGap;
    final Kernel kernel;
    final Server server;
    final ChildEnds children;
    private final Arguments arguments;
    private final Ground ground;
    private final ServiceManager service;
    private final int words;
    private final @Nullable Init init;
    private @Nullable AskedUpgrade asked;
    private @Nullable UpgradeRequests upgrades;

    private House(Posix posix, Arguments arguments, Map<String, String> environment, Ground ground, int words)
            throws PosixException, Refusal, IOException {
        this.posix = posix;
        this.arguments = arguments;
        this.words = words;
        this.ground = ground;
        this.loop = ground.loop;
        this.longestGap = ground.beginning.longestGap();
        this.spawner = new Spawner(posix, loop, ground.beginning.settings());
        this.kernel = new Kernel(posix, loop, spawner, ground.arena, ground.controlGroups);
        Guard guard = new Guard(posix.uid(), AllowedUsers.read(arguments.allowed(), posix.accounts()));
        this.server = new Server(
                posix, loop, kernel, ground.beginning.path(), ground.instance, guard, arguments.exitWhenIdle());
        this.children = new ChildEnds(posix, loop, kernel::childChanged);
        this.service = new ServiceManager(posix, loop, environment);
        this.init = arguments.init()
                ? InitHost.init(posix, loop, kernel, spawner, service, arguments, ground.beginning.path())
                : null;
        kernel.init = init;
    }

    /**
     * One that begins: it has the lock, and listens.
     *
     * @param environment where who started papa may say what is meant for it ({@code papa.service})
     * @param words how many the program was started with
     */
    static House anew(Posix posix, Arguments arguments, Map<String, String> environment, String path, int words)
            throws PosixException, Refusal, IOException {
        LockFile lock = LockFile.take(posix, path);
        try {
            if (arguments.detached()) {
                new OwnLog(posix, path).keep();
                posix.setSession();
            }
            Beginning beginning = Beginning.here(posix, path);
            Instance instance = Instance.now(String.format("%016x", new SecureRandom().nextLong()));
            if (lock.former() > 0) {
                int ended = LeftAtGate.end(posix, lock.former());
                if (ended > 0) {
                    Log.info(ended + " processes were being started by a papa that was killed, and have been ended");
                }
            }
            EventLoop loop = new EventLoop(posix);
            ControlGroups<Incarnation> groups = ControlGroups.find(posix, loop, path, instance.word());
            boolean inherits = "1".equals(environment.get(TAKE_COPIES));
            int left = inherits ? takeCopies(posix) : -1;
            Arena arena = inherits ? Arena.toRestore(posix) : new Arena(posix, CEILING_BYTES);
            Ground ground = new Ground(lock, instance, beginning, loop, arena, groups);
            House house = new House(posix, arguments, environment, ground, words);
            try {
                ListenFds.take(posix, environment, house.kernel.sockets.inherited());
                if (inherits) {
                    house.inherit(left);
                }
                house.server.listen();
                house.server.openPort(arguments.port(), arguments.portControl());
                house.begin();
                if (inherits) {
                    house.goOn();
                }
                if (house.init != null) {
                    house.init.begin();
                }
                return house;
            } catch (PosixException | Refusal | RuntimeException | OutOfMemoryError failed) {
                house.server.close(); // nobody is to wait at its socket
                throw failed;
            }
        } catch (PosixException | Refusal | IOException | RuntimeException | OutOfMemoryError failed) {
            lock.remove();
            throw failed;
        }
    }

    /** What a kernel that was killed has left, out of the socket in which its manager kept it; the descriptor of a state. */
    private static int takeCopies(Posix posix) throws Refusal, IOException {
        try {
            int left = Salvage.run(posix, Found.in(posix, STDIN), Server.VERSION);
            int nothing = posix.open("/dev/null", Posix.O_RDONLY, 0);
            posix.redirect(nothing, STDIN);
            posix.close(nothing);
            return left;
        } catch (StateException lost) {
            throw new Refusal(lost.getMessage() + "");
        }
    }

    /** Holds what that state tells. */
    private void inherit(int left) throws Refusal {
        try {
            StateReader reader = new StateReader(posix);
            KernelState held = new KernelState(kernel);
            held.restoreFrom(reader);
            reader.read(left);
            held.restored();
            posix.close(left);
        } catch (StateException wrong) {
            throw new Refusal(wrong.getMessage() + "");
        }
    }

    /** Goes on with what another kernel held that was killed. */
    private void goOn() {
        kernel.processes().forEach(kernel::reads);
        new KernelState(kernel).resume();
        kernel.rememberTrees(kernel.fosters().iterator());
        List.copyOf(kernel.processes()).forEach(kernel.settling::releaseIfSettled);
        Log.info("goes on with what a papa held that was killed: "
                + kernel.processes().size() + " processes, "
                + kernel.sockets.all().size() + " sockets");
    }

    /** What a state tells that the parts are made with. */
    private static final class Told {
        private @Nullable Instance instance;
        private @Nullable Beginning beginning;
        private @Nullable LockFile lock;
    }

    /**
     * One that holds all that a state tells, and does nothing yet. The state is read twice, and left as it is.
     *
     * @param handed the state, and whether it is only to be shown, while the kernel itself goes on
     */
    static House restored(Posix posix, Arguments arguments, Map<String, String> environment, Handed handed, int words)
            throws PosixException, Refusal, StateException, IOException {
        Told told = new Told();
        StateReader reader = new StateReader(posix);
        reader.on(Instance.KIND, line -> told.instance = Instance.restore(line));
        reader.on(Beginning.KIND, line -> told.beginning = Beginning.restore(line));
        reader.on(LockFile.KIND, line -> told.lock = LockFile.restore(posix, line));
        reader.read(handed.state());
        if (told.instance == null || told.beginning == null || told.lock == null) {
            throw new StateException("cannot restore a kernel: the state does not tell how it was started");
        }
        EventLoop loop = new EventLoop(posix);
        House house = new House(
                posix,
                arguments,
                environment,
                new Ground(
                        told.lock,
                        told.instance,
                        handed.failed().isEmpty() ? told.beginning.takenOver() : told.beginning,
                        loop,
                        handed.proves() ? Arena.toProve(posix) : Arena.toRestore(posix),
                        ControlGroups.toRestore(posix, loop)),
                words);
        house.restore(handed.state());
        return house;
    }

    private void restore(int state) throws StateException {
        StateReader reader = new StateReader(posix);
        reader.on(LockFile.KIND, line -> line.descriptor("file")); // restored before; nobody else is to have it
        KernelState held = new KernelState(kernel);
        held.restoreFrom(reader);
        new SavedConnections(kernel, server).restoreFrom(reader);
        if (init != null) {
            init.restoreFrom(reader);
        }
        reader.on(AskedUpgrade.KIND, line -> asked = AskedUpgrade.restore(line, server));
        reader.read(state);
        held.restored();
    }

    /** Writes all that {@link #restored} needs. */
    void save(StateWriter out) {
        ground.instance.save(out);
        ground.beginning.save(out, longestGap);
        ground.lock.save(out);
        new KernelState(kernel).save(out);
        new SavedConnections(kernel, server).save(out);
        if (init != null) {
            init.save(out);
        }
    }

    /**
     * Goes on in the place of the program that wrote the state. No event is taken before {@link #live}: until then that
     * program could still go on instead.
     *
     * @param failed why another program gave the process back; empty if this is that other one
     */
    void takeOver(String failed) throws PosixException {
        ground.beginning.hold(posix);
        server.resume();
        new KernelState(kernel).resume(); // what it finds is told to connections
        begin();
        if (init != null) {
            init.resume();
        }
        if (asked != null) {
            long gap = asked.gapMillis();
            longestGap = Math.max(longestGap, gap);
            asked.answer(failed, ground.beginning.upgrades(), gap);
        }
    }

    /** How long clients waited at the longest while one program took the place of another; milliseconds. */
    long longestGap() {
        return longestGap;
    }

    /** No Java starts in a directory that has been removed since papa did. */
    void leaveRemovedDirectory() {
        ground.beginning.leaveRemovedDirectory(posix);
    }

    /** How many words the program was started with, those of java apart. */
    int words() {
        return words;
    }

    /** Starts a child that no client knows. */
    void startHelper(SpawnRequest request, IntConsumer told, IntConsumer ended) {
        Apart apart = kernel.apart();
        apart.expect();
        spawner.run(request, pid -> {
            told.accept(pid);
            if (pid < 0) {
                apart.expectNoMore();
            } else {
                apart.begun(pid, ended);
                children.begun();
            }
        });
    }

    private void begin() throws PosixException {
        UpgradeRequests requests = new UpgradeRequests(this, ground.beginning.upgrades());
        upgrades = requests;
        server.onUpgrade(requests);
        OwnClasses.load();
        kernel.launches.onTold(children::begun);
        Signals.listen(posix, loop, (signal, sender) -> signalled(signal));
        spawner.start();
        children.start();
        service.ready(ground.beginning.path());
    }

    private void signalled(int signal) {
        if (init != null) {
            init.came(signal);
        } else if (signal == Posix.SIGTERM || signal == Posix.SIGINT) {
            Log.info("got SIG" + (signal == Posix.SIGTERM ? "TERM" : "INT") + ": ending all processes");
            service.stopping();
            kernel.endAll(GRACE_NANOS, loop::stop);
        }
    }

    /** Serves until it is to end, and ends in order; the exit code. */
    int live() throws PosixException {
        try {
            loop.run();
            if (upgrades != null) {
                upgrades.end();
            }
            service.stopping();
            kernel.close();
            boolean unread = UnreadOutput.tell(kernel.processes());
            server.close();
            if (arguments.detached() && !unread) {
                new OwnLog(posix, ground.beginning.path()).remove();
            }
            return init == null ? 0 : init.code();
        } finally {
            ground.lock.remove();
        }
    }
}

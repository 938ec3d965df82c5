package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.config.Amendments;
import circus.manager.config.PluginWatcher;
import circus.manager.config.WatcherConfig;
import circus.manager.hook.HookAnswer;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.Exit;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SignalReply;
import circus.manager.watcher.Desired.Wish;
import circus.manager.watcher.Operation.Kind;
import circus.message.CommandException;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.OnSet;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the wanted number of workers of one kind alive. Commands and the kernel's reports only change what is wanted and what is known;
 * {@link #step} compares the two and does what is due: no sleeping, no waiting, every delay a deadline. {@link Course} has the states that
 * it goes through.
 *
 * <p>Taking over from an earlier manager is no special case: {@link #adopt} tells what there is, {@link #resume} what was wanted, and the
 * next step sees to the rest. Runs on circus-loop only.
 */
public final class Watcher implements Reconciler {
    private static final System.Logger LOG = System.getLogger(Watcher.class.getName());

    private final String name;
    private final Blueprint blueprint;
    private final Surroundings around;
    private final Operations operations = new Operations();
    private final HookGates gates;
    private final Recruiter recruiter;
    private final Crew crew;
    private final Workers workers = new Workers();
    private final WorkerSlots slots;
    private final Desired desired;
    private final Replacement replacement;
    private final OnDemand onDemand;
    private final Kills kills;
    private final PlainSignals signals;
    /** Ends of an earlier manager's workers, to be told in the first step. */
    private final List<Exit> endedEarlier = new ArrayList<>();

    private final Course course;

    /** Of workers that ended unasked. */
    private long restarts;

    private @Nullable Asked lastAsked;

    public Watcher(Definition definition, Surroundings around) {
        this.name = definition.name();
        this.blueprint = new Blueprint(definition, around.launcher(definition.config()));
        this.around = around;
        this.gates = new HookGates(blueprint, this, new HookHelp(this, workers, around), around);
        this.crew = new Crew(name, blueprint, this, workers, gates, around);
        this.slots = new WorkerSlots(key(), around.kernel(), workers);
        this.recruiter = new Recruiter(this, blueprint, crew, gates, slots, around);
        this.desired = new Desired(key(), blueprint, around);
        this.replacement = new Replacement(name, crew, recruiter, desired);
        if (definition.added()) {
            // Until somebody starts it.
            desired.wish(Wish.STAY_STOPPED);
        }
        this.kills = new Kills(name, blueprint, crew);
        this.signals = new PlainSignals(workers, gates, around);
        this.onDemand = new OnDemand(name, blueprint, around.kernel(), this::called);
        this.course =
                new Course(name, blueprint, around, gates, recruiter, crew, workers, desired, replacement, onDemand);
    }

    /** As configured. */
    public String name() {
        return name;
    }

    /** As it is looked up, and as the kernel knows it. */
    public String key() {
        return name.toLowerCase(Locale.ROOT);
    }

    public WatcherConfig config() {
        return blueprint.config();
    }

    /** Where its configuration comes from. */
    public Definition definition() {
        return blueprint.definition();
    }

    /** Options that differ from what the ini file says: by option {@code {"ini": …, "now": …}}. */
    public Map<String, Map<String, @Nullable Object>> changes() {
        return desired.changes();
    }

    public WatcherStatus status() {
        return course.status();
    }

    /** How many workers are wanted while it runs. */
    public int target() {
        return desired.target();
    }

    /** How many of its processes ended unasked, so that others take their place, since this circusd began. */
    public long restarts() {
        return restarts;
    }

    /** What it was last told to do, though there was nothing to be done; of what came before this circusd a stop alone is known. */
    public Optional<Asked> lastAsked() {
        return Optional.ofNullable(lastAsked);
    }

    /** What its plugin keeps for the one that comes after it, be it in another circusd; empty for nothing. */
    public String memory() {
        return desired.memory();
    }

    /** Is written down at once, in place of what was kept before: so before any command that is given after it is carried out. */
    public void remember(String memory) {
        desired.memory(memory);
        course.remember();
    }

    /** Its live processes, in the order in which they were spawned. */
    public List<ProcessView> processes() {
        return workers.alive().stream()
                .map(worker -> new ProcessView(worker.pid(), worker.number(), worker.started(), config().isResident()))
                .toList();
    }

    /** What the {@code options} command answers, with the number of processes that is wanted now. */
    public Map<String, @Nullable Object> report() {
        WatcherConfig now = config().with(WatcherOptions.NUMPROCESSES, desired.target());
        return definition().added() ? now.reportAdded() : now.report();
    }

    /** The held sockets that its workers inherit. */
    public List<String> socketNames() {
        return blueprint.launcher().socketNames();
    }

    /** The lock name of the operation that would make an impatient newcomer fail. */
    public Optional<String> conflict() {
        return operations.conflict();
    }

    /** Takes an operation in; it begins at once, or when those before it are done. Its outcome is told later. */
    public void submit(Operation operation) throws CommandException {
        if (course.isLeaving()) {
            throw CommandException.conflict("arbiter_stop");
        }
        if (operation.kind() == Kind.CHANGE) {
            // What is wrong is told at once; what was done meanwhile may still make it impossible later.
            Amendment.of(blueprint.definition(), operation.options(), around.amendments());
        }
        operations.submit(operation);
        beginNext(around.clock().nanos());
        around.changed(this);
    }

    /** Has processes end that others are to follow, whatever else is under way. The outcome comes when nothing of them is left. */
    public void kill(KillOrder order, Outcome outcome) throws CommandException {
        kills.begin(order, outcome, around.clock().nanos());
        around.changed(this);
    }

    /** Sends a signal, of which nothing is expected. */
    public void signal(SignalOrder order, SignalReply reply) {
        signals.send(order, reply);
    }

    /** Somebody has connected to a socket of a watcher with {@code on_demand}. */
    private void called() {
        operations.add(ownAccord(Kind.START, "start on demand", "watcher_start"));
        around.changed(this);
    }

    private Operation ownAccord(Kind kind, String words, String lock) {
        return Operation.ofOwnAccord(kind, words + " of " + name, around.clock().now(), lock);
    }

    /** On whose behalf something is done now. */
    Behalf behalf() {
        return Behalf.of(operations.current());
    }

    /** What runs, and what waits for its turn, but for parts of operations on several watchers. */
    public List<Job> jobs() {
        return operations.jobs();
    }

    /**
     * Gives up what waits for its turn.
     *
     * @return whether something of that number did
     */
    public boolean cancel(long number, CommandException cause) {
        return operations.cancel(number, cause);
    }

    /** Nothing of what was asked for comes to its end here any more. Nothing is changed by that, and nothing written down. */
    public void abandon(CommandException cause) {
        operations.abandon(cause);
        operations.fail(cause);
        kills.abandon(cause);
    }

    /** The daemon ends: lets everything be, but sees through the ends that have begun. */
    public void leave() {
        course.leave();
        crew.withdraw();
        crew.hurry(around.clock().nanos());
        onDemand.disarm();
        operations.abandon(CommandException.conflict("arbiter_stop"));
        around.changed(this);
    }

    /** The daemon ends, and this watcher with it: whatever was done at run time is forgotten. */
    public void quit() {
        leave();
        desired.forget();
        course.beginStop(ExitReason.QUIT, around.clock().nanos());
    }

    /** The same where other watchers stay: what its plugin keeps may be about them, and is not forgotten. */
    public void quitAndRemember() {
        leave();
        desired.forgetButMemory();
        course.beginStop(ExitReason.QUIT, around.clock().nanos());
    }

    /** It is removed at run time: whatever was done to it is not kept any more. */
    public void retire() {
        desired.forget();
        course.retire();
        around.changed(this);
    }

    /** Whether nothing is half done, so that the daemon may end. */
    public boolean isQuiet() {
        return course.status() != WatcherStatus.STOPPING
                && workers.count(state -> state != WorkerState.RUNNING) == 0
                && gates.isIdle();
    }

    /** Whether a hook adds to the figures of its processes. */
    public boolean hasExtendedStats() {
        return gates.has(HookPoint.EXTENDED_STATS);
    }

    /**
     * Asks the hook extended_stats.
     *
     * @param figures of the process, to which it may add
     */
    public void extendStats(ProcessView process, Map<String, @Nullable Object> figures, Consumer<HookAnswer> answer) {
        gates.extend(HookFacts.stats(process.wid(), process.pid(), figures), answer);
    }

    /** An earlier manager's worker runs, and carries this digest of the configuration with which it was started. Before {@link #resume}. */
    public void adopt(int number, Launched process, String digest) {
        adopt(number, process, digest, 0, Optional.empty());
    }

    /**
     * The same for one that may be on its way out.
     *
     * @param slot of which it has sockets; 0 for none
     * @param ending how it was asked to end
     */
    public void adopt(int number, Launched process, String digest, int slot, Optional<Notice> ending) {
        Worker worker = crew.adopt(number, process);
        slots.adopted(worker, slot, blueprint.launcher());
        if (ending.isPresent()) {
            crew.adoptEnding(worker, ending.get(), around.clock().nanos());
        } else if (!digest.equals(blueprint.launcher().digest())) {
            replacement.outdated(worker);
        }
    }

    /**
     * An earlier manager has left this socket of a worker slot open. Before {@link #resume}.
     *
     * @return false if nobody here needs it
     */
    public boolean adoptSlot(String held) {
        return slots.adopted(held, blueprint.launcher());
    }

    /** An earlier manager's worker has ended, and nobody has been told yet. Before {@link #resume}. */
    public void adoptEnded(int number, Launched process, Exit exit, Optional<Notice> asked) {
        crew.adopt(number, process);
        asked.ifPresent(notice -> crew.endedFor(exit, notice.reason()));
        endedEarlier.add(exit);
    }

    /** An earlier manager's worker has ended and everybody was told, but descendants of it are still there. Before {@link #resume}. */
    public void adoptLeftovers(int number, Launched process) {
        crew.adoptLeftovers(number, process, around.clock().nanos());
    }

    /**
     * Decides how to go on after everything was adopted. The steps that follow carry it out.
     *
     * @param written the value that an earlier manager kept in the kernel
     * @return the decision; {@link Resumption.Action#START} is left to the caller, who knows the order of starts
     */
    public Resumption resume(RunState written) {
        Resumption resumption =
                desired.resume(written, workers.count(WorkerState::alive), endedEarlier.size(), replacement.outdated());
        lastAsked = desired.stopAsked();
        switch (resumption.action()) {
            case START, STAY -> {}
            case GO_ON -> course.goOn(Wish.RUN);
            case RESTART -> {
                endedEarlier.forEach(exit -> crew.endedFor(exit, ExitReason.RESTART));
                course.goOn(Wish.RESTART);
                operations.add(ownAccord(Kind.RESTART, "restart goes on", "watcher_restart"));
            }
            case RELOAD -> {
                course.goOn(Wish.RUN);
                Kind kind = desired.sequential() ? Kind.RELOAD_IN_TURN : Kind.RELOAD;
                operations.add(ownAccord(kind, "reload goes on", "watcher_reload"));
            }
            case STOP -> {
                if (resumption.stopped().orElse(false)) {
                    endedEarlier.forEach(exit -> crew.endedFor(exit, ExitReason.STOP));
                }
                course.goOn(desired.wish());
                operations.add(ownAccord(Kind.STOP, "stop goes on", "watcher_stop"));
            }
        }
        around.changed(this);
        return resumption;
    }

    /** A process of this watcher has ended. */
    public void exited(Exit exit) {
        long now = around.clock().nanos();
        Worker worker = crew.exited(exit, now);
        if (worker != null && worker.reason() == ExitReason.DIED) {
            recruiter.died(worker, exit.time(), exit.code(), now);
            restarts += blueprint.get(WatcherOptions.RESPAWN) ? 1 : 0;
        }
        around.changed(this);
    }

    /** The last descendant that one of its processes had left behind has gone. */
    public void leftoversGone(long incarnation) {
        crew.leftoversGone(incarnation);
        around.changed(this);
    }

    @Override
    public long step(long now) {
        endedEarlier.forEach(this::exited);
        endedEarlier.clear();
        if (course.isStopped() && !course.isLeaving()) {
            onDemand.review();
        }
        while (true) {
            int before = course.transitions();
            beginNext(now);
            long wake = course.reconcile(now);
            boolean finished = finishOperation();
            if (!finished && course.transitions() == before) {
                kills.review();
                slots.tidy(course.expectsSuccessors());
                course.remember();
                return wake;
            }
        }
    }

    /**
     * The file says something else now. What follows for the processes that run is the caller's affair, in the same turn.
     *
     * @param workers how many are wanted from now on
     */
    public void rebase(Definition next, int workers) {
        blueprint.change(next, around.launcher(next.config()));
        desired.resizeTo(workers);
        around.rerouted(this);
        around.changed(this);
    }

    /** What the workers have in common with those of other watchers has changed: new ones get it, those that run stay. */
    public void refit() {
        String digest = blueprint.launcher().digest();
        Launcher launcher = around.launcher(blueprint.config());
        blueprint.change(blueprint.definition(), launcher);
        if (!launcher.digest().equals(digest)) {
            crew.annotate(Launcher.DIGEST, launcher.digest());
        }
        onDemand.again();
    }

    /**
     * Lets its processes run on without anybody who minds them. Nothing else may be asked of it afterwards.
     *
     * @return those processes
     */
    public List<LeftAlone> letGo() {
        retire();
        course.leave();
        crew.annotate(Launcher.LEFT, "1");
        abandon(CommandException.serverError());
        List<LeftAlone> left = workers.alive().stream()
                .map(worker -> new LeftAlone(
                        key(),
                        name(),
                        worker.number(),
                        new Launched(worker.incarnation(), worker.pid(), worker.started())))
                .toList();
        left.forEach(one -> around.release(one.process().incarnation()));
        return left;
    }

    /** It is stopped, and nothing of it is left. */
    public boolean isGone() {
        return course.isStopped() && workers.isEmpty();
    }

    /** Whether its processes are wanted: it runs, or will in a moment. */
    public boolean isWanted() {
        return switch (course.status()) {
            case STARTING, ACTIVE -> true;
            case STOPPING, STOPPED -> desired.wish() == Wish.RESTART || desired.wish() == Wish.PAUSE;
        };
    }

    private void beginNext(long now) {
        if (operations.cutsShort()) {
            operations.finish(workers.pids());
        } else if (course.status() == WatcherStatus.STOPPING) {
            return;
        }
        Operation next = operations.next(workers::pids);
        if (next != null) {
            begin(next, now);
        }
    }

    private void begin(Operation operation, long now) {
        heed(operation);
        switch (operation.kind()) {
            case START -> course.start(now);
            case STOP -> {
                if (!operation.yields()) {
                    desired.wish(Wish.STAY_STOPPED);
                }
                onDemand.disarm();
                course.beginStop(ExitReason.STOP, now);
            }
            case PAUSE -> {
                desired.wish(Wish.PAUSE);
                onDemand.disarm();
                course.beginStop(ExitReason.RESTART, now);
            }
            case RESTART -> {
                if (course.isStopped()) {
                    course.start(now);
                } else {
                    desired.wish(Wish.RESTART);
                    course.beginStop(ExitReason.RESTART, now);
                }
            }
            case RELOAD -> course.reload(isOne(), now);
            case RELOAD_IN_TURN -> course.reload(true, now);
            case RESIZE -> {
                desired.resize(operation.amount());
                course.recruitMissing();
            }
            case CHANGE -> change(operation, now);
        }
        course.remember();
    }

    /** Notes what it was told. A stop that goes on was told before. */
    private void heed(Operation operation) {
        boolean isOurOwnStop = operation.kind() == Kind.STOP && operation.yields();
        if (operation.kind() == Kind.RESIZE
                || operation.kind() == Kind.CHANGE
                || (isOurOwnStop && desired.stopAsked() != null)) {
            return;
        }
        lastAsked = new Asked(Behalf.of(operation), operation.order().since());
        desired.stopAsked(operation.kind() == Kind.STOP && !isOurOwnStop ? lastAsked : null);
    }

    /** There are never two of it, not even for a moment: both would do what it is there for. */
    private boolean isOne() {
        return config().isResident() || PluginWatcher.kind(config()).isPresent();
    }

    private void change(Operation operation, long now) {
        Amendment amendment;
        try {
            amendment = Amendment.of(blueprint.definition(), operation.options(), around.amendments());
        } catch (CommandException notAnyMore) {
            operations.fail(notAnyMore);
            return;
        }
        int before = desired.configured();
        String digest = blueprint.launcher().digest();
        Launcher launcher = around.launcher(amendment.definition().config());
        blueprint.change(amendment.definition(), launcher);
        desired.reconfigured(before);
        amendment.numprocesses().ifPresent(desired::resizeTo);
        if (blueprint.get(WatcherOptions.SINGLETON)) {
            desired.resizeTo(Math.min(1, desired.target()));
        }
        around.rerouted(this);
        for (int i = 0; i < operation.options().size(); i++) {
            around.publish(Event.of(name, EventKind.UPDATED, around.clock().now()));
        }
        if (amendment.reloads() && !course.isStopped()) {
            // Also with send_hup: a process cannot take up another command or environment by itself.
            replacement.begin(isOne(), now);
        } else {
            if (!launcher.digest().equals(digest)) {
                crew.annotate(Launcher.DIGEST, launcher.digest());
            }
            course.recruitMissing();
        }
    }

    /** Whether a reload of everything leaves it alone: somebody has stopped it, or it is not to start by itself. */
    public boolean rests() {
        return desired.restsWhen(course.isStopped());
    }

    private boolean finishOperation() {
        Operation current = operations.current();
        boolean done = current != null && course.isThrough(current);
        if (done && current != null && tellsReload(current)) {
            around.publish(Event.of(name(), EventKind.RELOAD, around.clock().now()));
            LOG.log(Level.INFO, "{0} reloaded", name());
        }
        if (done) {
            operations.finish(workers.pids());
        }
        return done;
    }

    /** As in Circus: a reload also where it did nothing, or could not start what was stopped; a change only of what runs. */
    private boolean tellsReload(Operation operation) {
        return operation.kind().isReload()
                || (operation.kind() == Kind.CHANGE
                        && course.status() == WatcherStatus.ACTIVE
                        && Amendments.action(operation.options().keySet()) == OnSet.RELOAD);
    }
}

package circus.manager.arbiter;

import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.hook.HookPort;
import circus.manager.kernel.Exit;
import circus.manager.kernel.KernelPort;
import circus.manager.watcher.Change;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Death;
import circus.manager.watcher.ExitReason;
import circus.manager.watcher.Job;
import circus.manager.watcher.Launcher;
import circus.manager.watcher.LeftAlone;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Surroundings;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Event;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owns all watchers: finds them, hands them what the kernel tells, and runs what concerns several of them. Runs on circus-loop only.
 *
 * <p>Each watcher runs its own operations one after the other, different watchers theirs side by side. Of the operations on several
 * watchers one runs at a time. The daemon's own start of its watchers stands in nobody's way, and the end of the daemon has everybody else
 * give way.
 */
public final class Arbiter implements Surroundings {
    private static final System.Logger LOG = System.getLogger(Arbiter.class.getName());
    private static final String STARTS_WATCHERS = "arbiter_start_watchers";
    private static final String STOPS = "arbiter_stop";

    private final Facilities facilities;
    private final Agenda agenda;
    private final Consumer<Farewell> settled;
    private final Roster roster = new Roster();
    private final Map<Long, Watcher> owners = new HashMap<>();
    private final Map<Long, LeftAlone> left = new HashMap<>();

    private final Rollouts rollouts;
    private final Gazette gazette;
    private @Nullable Shutdown shutdown;
    private boolean detached;

    /** The pause between the starts of two watchers. */
    private Duration warmup = Duration.ZERO;

    private OutputState output = watcher -> null;

    /** @param settled told once, when the watchers are ready for the end of the daemon */
    public Arbiter(Facilities facilities, Agenda agenda, Consumer<Farewell> settled) {
        this.facilities = facilities;
        this.agenda = agenda;
        this.rollouts = new Rollouts(agenda);
        this.gazette = new Gazette(facilities.clock(), facilities.publisher(), facilities.lastWords(), agenda);
        this.settled = settled;
    }

    /** From now on, this tells of a watcher's output what is wrong with it. */
    public void output(OutputState next) {
        output = next;
    }

    public OutputState output() {
        return output;
    }

    /** From now on, starts of several watchers have a pause of so many seconds after each. */
    public void warmup(double seconds) {
        warmup = Duration.ofNanos(Math.max(0, (long) (seconds * 1e9)));
    }

    /** A watcher of the configuration; in the order in which {@link #watchers} lists them. */
    public void add(Watcher watcher) {
        roster.add(watcher);
        agenda.changed(watcher);
    }

    /** A watcher that is only there to be stopped. */
    void addDeparting(Watcher watcher) {
        roster.addDeparting(watcher);
        agenda.changed(watcher);
    }

    /** Makes the watchers of a configuration, as an earlier manager had changed them. Before anything else. */
    public void fill(CircusConfig config, Inherited inherited) {
        roster.fill(config, inherited.states(), this);
        roster.all().forEach(agenda::changed);
    }

    Roster roster() {
        return roster;
    }

    /** In the order of the configuration. */
    public List<Watcher> watchers() {
        return roster.all();
    }

    /** @param name in any case */
    public Optional<Watcher> lookUp(String name) {
        return roster.lookUp(name.toLowerCase(Locale.ROOT));
    }

    /** The same for a command, which is refused where there is none. */
    public Watcher find(String name) throws CommandException {
        return roster.find(name);
    }

    /** All whose names match, at least one. */
    public List<Watcher> select(String pattern, String match) throws CommandException {
        return roster.select(pattern, match);
    }

    /** An operation on one watcher. */
    public void operate(Watcher watcher, Operation operation) throws CommandException {
        refuseAtTheEnd();
        watcher.submit(operation);
        if (operation.kind() != Kind.RESIZE && operation.kind() != Kind.CHANGE) {
            rollouts.overtake(watcher);
        }
    }

    /** START, STOP or RESTART of several watchers. Of those to be started only the ones with {@code autostart} are. */
    public void operate(Kind kind, Collection<Watcher> chosen, Order order) throws CommandException {
        refuse(chosen, order.patient());
        List<Watcher> automatic = chosen.stream().filter(Rollout::autostart).toList();
        Rollout rollout = rollout(order);
        switch (kind) {
            case START -> rollout.start(automatic);
            case STOP -> rollout.stop(chosen, watcher -> false);
            case RESTART -> rollout.stop(chosen, Rollout::autostart).start(automatic);
            case PAUSE, RESIZE, CHANGE, RELOAD, RELOAD_IN_TURN ->
                throw new IllegalArgumentException(kind + " is not for several watchers");
        }
        begin(rollout, chosen);
    }

    /**
     * RELOAD, RELOAD_IN_TURN or RESTART of all watchers, one after the other. Left alone are those that somebody has stopped, and those
     * that are stopped and have {@code autostart = false}.
     */
    public void reload(Kind kind, Order order) throws CommandException {
        List<Watcher> all = watchers();
        refuse(all, order.patient());
        begin(rollout(order).eachInTurn(kind, all), all);
    }

    private Rollout rollout(Order order) {
        return new Rollout(order, warmup, rollouts::changed);
    }

    /**
     * An operation that decides what to do when its turn comes.
     *
     * @param begin adds phases to the rollout
     */
    void rollOut(Order order, Consumer<Rollout> begin) throws CommandException {
        refuse(watchers(), order.patient());
        Rollout rollout = rollout(order);
        Rollout.Task first = heard -> {
            begin.accept(rollout);
            heard.done(new Change(List.of(), List.of()));
        };
        begin(rollout.then(List.of(first)), List.of());
    }

    /** This process runs on, and nobody minds it any more but to tell its end. */
    void leftAlone(LeftAlone one) {
        left.put(one.process().incarnation(), one);
    }

    /** Whether processes run under the names of such a watcher's that nobody minds. */
    boolean isLeftAlone(String watcher) {
        return left.values().stream().anyMatch(process -> process.watcher().equals(watcher));
    }

    /** Refuses whatever would be in the way of what is under way, unless it is going to wait for that. */
    void refuse(Collection<Watcher> chosen, boolean patient) throws CommandException {
        refuseAtTheEnd();
        Optional<String> conflict = conflict(chosen);
        if (conflict.isPresent() && (!patient || rollouts.isFull())) {
            throw CommandException.conflict(conflict.get());
        }
    }

    /** Nobody is to do anything more with this watcher in an operation on several. */
    void forget(Watcher watcher) {
        rollouts.forget(watcher);
    }

    private void begin(Rollout rollout, Collection<Watcher> chosen) {
        rollouts.overtakeInitial(chosen);
        rollouts.submit(rollout);
    }

    private Optional<String> conflict(Collection<Watcher> chosen) {
        Optional<String> several = rollouts.conflict();
        return several.isPresent()
                ? several
                : chosen.stream()
                        .flatMap(watcher -> watcher.conflict().stream())
                        .findFirst();
    }

    /** What is under way and what waits for its turn: first what concerns several watchers, then by watcher. */
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>(rollouts.jobs());
        concerned().forEach(watcher -> jobs.addAll(watcher.jobs()));
        return jobs;
    }

    /**
     * Gives up what waits for its turn; who waits for it is told.
     *
     * @param by who wants it, for people
     */
    public void cancel(long number, String by) throws CommandException {
        Job job = jobs().stream()
                .filter(each -> each.order().number() == number && number > 0)
                .findFirst()
                .orElseThrow(() -> CommandException.invalid(
                        "cannot cancel job " + number + ": there is none of that number; see circusctl jobs"));
        String what = "job " + number + ", " + job.order().words();
        if (job.running()) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR, "cannot cancel " + what + ": it has begun, and runs to its end");
        }
        CommandException cause =
                new CommandException(ErrorCode.COMMAND_ERROR, what + ", was cancelled by " + by + " before it began");
        if (!rollouts.cancel(number, cause)) {
            concerned().forEach(watcher -> watcher.cancel(number, cause));
        }
        LOG.log(Level.INFO, "{0}", cause.reason());
    }

    private List<Watcher> concerned() {
        List<Watcher> all = new ArrayList<>(watchers());
        all.addAll(roster.departing());
        return all;
    }

    void refuseAtTheEnd() throws CommandException {
        if (shutdown != null || detached) {
            throw CommandException.conflict(STOPS);
        }
    }

    /** The daemon's own start of its watchers, by priority. */
    void startAtFirst(Collection<Watcher> chosen) {
        Order order = Order.ofOwnAccord("first start", clock().now(), STARTS_WATCHERS, Outcome.UNHEARD);
        rollouts.beginInitial(rollout(order).start(chosen));
    }

    /**
     * Begins the end of the daemon. It always begins; only who asks again is told that it is under way.
     *
     * @param terminate stop what has {@code use_papa} too
     * @param patient wants to hear of the end, also where it has begun already
     */
    public void quit(boolean terminate, boolean patient, Outcome outcome) throws CommandException {
        if (detached) {
            throw CommandException.conflict(STOPS);
        }
        if (shutdown != null && !patient && !shutdown.wouldEndMore(terminate)) {
            throw CommandException.conflict(STOPS);
        }
        if (shutdown == null) {
            LOG.log(Level.INFO, "Arbiter exiting");
            rollouts.abandon(CommandException.serverError());
            roster.forget(this);
            shutdown = new Shutdown(watchers(), roster.departing(), settled);
        }
        shutdown.hear(outcome);
        shutdown.begin(terminate);
        agenda.changed(shutdown);
    }

    /** Begins the end of the manager alone: everything else stays as it is, and what is under way is finished by the next manager. */
    public void detach() throws CommandException {
        refuseAtTheEnd();
        detached = true;
        LOG.log(Level.INFO, "Arbiter exiting; everything it manages stays");
        settled.accept(new Farewell(Farewell.Kind.DETACH, false, watchers()));
    }

    /** Ends at once, in favour of a circusd that stands ready; what is under way is finished by that one. */
    public void handOver() throws CommandException {
        refuseAtTheEnd();
        detached = true;
        settled.accept(new Farewell(Farewell.Kind.HAND_OVER, false, watchers()));
    }

    /** Whether the end of the manager has begun. */
    public boolean isEnding() {
        return shutdown != null || detached;
    }

    /** The end that somebody has asked for, if anybody has. */
    public Optional<EndWish> endWish() {
        if (shutdown != null) {
            return Optional.of(new EndWish(false, shutdown.isTerminating(), shutdown.outcomes()));
        }
        return detached ? Optional.of(new EndWish(true, false, List.of())) : Optional.empty();
    }

    /** Goes on with an end that the manager before this one had begun. Nothing has to stand in its way. */
    public void goOn(EndWish wish) throws CommandException {
        if (wish.detach()) {
            detach();
            return;
        }
        quit(wish.terminate(), true, Outcome.UNHEARD);
        for (Outcome each : wish.waiting()) {
            quit(wish.terminate(), true, each);
        }
    }

    /**
     * Nothing is done any more by this manager: who waits for something is told so.
     *
     * @param why what has come before it
     */
    public void abandon(String why) {
        CommandException cause = new CommandException(
                ErrorCode.BAD_MSG_DATA_ERROR, why + " before this was done; the next one goes on with it");
        rollouts.abandon(cause);
        concerned().forEach(watcher -> watcher.abandon(cause));
    }

    /** Those who asked for the end and wait for it. */
    public List<Outcome> awaitingEnd() {
        return shutdown == null ? List.of() : shutdown.outcomes();
    }

    /** The kernel tells that a process has ended. */
    public void exited(Exit exit) {
        Watcher owner = owners.get(exit.incarnation());
        if (owner != null) {
            owner.exited(exit);
            return;
        }
        LeftAlone one = left.remove(exit.incarnation());
        if (one != null) {
            Event event =
                    Event.exit(one.watcher(), one.process().pid(), exit.time(), exit.known(), ExitReason.LEFT.word());
            afterLastWords(one.watcher(), exit.incarnation(), () -> {
                publish(event);
                died(one.died(exit));
                kernel().take(exit.incarnation());
            });
        }
    }

    /** The kernel tells that the last descendant which an ended process had left behind has gone. */
    public void gone(long incarnation) {
        Watcher owner = owners.get(incarnation);
        if (owner != null) {
            owner.leftoversGone(incarnation);
        }
    }

    @Override
    public Clock clock() {
        return facilities.clock();
    }

    @Override
    public KernelPort kernel() {
        return facilities.kernel();
    }

    @Override
    public Amendments amendments() {
        return facilities.amendments();
    }

    @Override
    public Launcher launcher(WatcherConfig config) {
        return facilities.workshop().launcher(config);
    }

    @Override
    public void keep(String key, String value) {
        facilities.kernel().putValue(key, value);
        facilities.record().keep(key, value);
    }

    /** What an earlier manager had kept, as far as it still applies. */
    void keepOnly(Map<String, String> values) {
        values.forEach(facilities.kernel()::putValue);
        facilities.record().replace(values);
    }

    @Override
    public void drop(String key) {
        facilities.kernel().removeValue(key);
        facilities.record().drop(key);
    }

    @Override
    public void rerouted(Watcher watcher) {
        facilities.rerouted().accept(watcher);
    }

    @Override
    public void died(Death death) {
        facilities.deaths().accept(death);
    }

    @Override
    public void publish(Event event) {
        gazette.publish(event);
        if (shutdown != null) {
            agenda.changed(shutdown);
        }
    }

    @Override
    public void afterLastWords(String watcher, long incarnation, Runnable then) {
        gazette.afterLastWords(watcher, incarnation, then);
    }

    /** What is still to be published of processes that have ended. */
    public Gazette gazette() {
        return gazette;
    }

    @Override
    public HookPort hooks() {
        return facilities.hooks();
    }

    @Override
    public void claim(long incarnation, Watcher watcher) {
        owners.put(incarnation, watcher);
    }

    @Override
    public void release(long incarnation) {
        owners.remove(incarnation);
    }

    @Override
    public void changed(Reconciler reconciler) {
        agenda.changed(reconciler);
        if (shutdown != null) {
            agenda.changed(shutdown);
        }
    }
}

package circus.manager.arbiter;

import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.PythonPath;
import circus.manager.config.WatcherConfig;
import circus.manager.plan.Baseline;
import circus.manager.plan.Live;
import circus.manager.plan.LiveWatcher;
import circus.manager.plan.Plan;
import circus.manager.python.NameCheck.Question;
import circus.manager.watcher.Change;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.CircusOptions;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes of what runs, by commands and by an edited file. Runs on circus-loop only. */
public final class LiveChanges implements Changes {
    private static final System.Logger LOG = System.getLogger(LiveChanges.class.getName());

    /** Reads the configuration, on a thread of its own, and tells exactly one of the two on circus-loop. */
    public interface Source {
        void read(Consumer<CircusConfig> read, Consumer<CommandException> refused);
    }

    private final Arbiter arbiter;
    private final Source source;
    private final LiveSockets sockets;
    private final ForeignNames names;
    private final Consumer<CircusConfig> applied;
    private CircusConfig config;

    /** What the file said when it was applied last; less what could not be applied. */
    private Baseline baseline;

    /** What the file says, as it was read for the latest plan. */
    private CircusConfig planned;

    /**
     * @param config what runs
     * @param names looks at what commands name
     * @param applied told of each new configuration, for what does not concern watchers and sockets
     */
    public LiveChanges(
            Arbiter arbiter,
            Source source,
            LiveSockets sockets,
            CircusConfig config,
            ForeignNames names,
            Consumer<CircusConfig> applied) {
        this.names = names;
        this.arbiter = arbiter;
        this.source = source;
        this.sockets = sockets;
        this.config = config;
        this.planned = config;
        this.baseline = Baseline.of(config);
        this.applied = applied;
    }

    @Override
    public void prepare(Amendments.Trial trial, Step then, Consumer<CommandException> refused) throws CommandException {
        List<Question> questions = arbiter.amendments().foreignNames(trial);
        if (questions.isEmpty()) {
            then.run();
            return;
        }
        List<WatcherConfig> configs =
                arbiter.watchers().stream().map(Watcher::config).toList();
        names.look(PythonPath.of(configs), questions, refusals -> {
            try {
                arbiter.amendments().refuse(trial, refusals);
                then.run();
            } catch (CommandException cause) {
                refused.accept(cause);
            }
        });
    }

    @Override
    public void set(Watcher watcher, Map<String, @Nullable Object> options, Order order) throws CommandException {
        arbiter.operate(watcher, Operation.change(options, order));
    }

    @Override
    public void add(
            String name,
            String cmd,
            @Nullable Object args,
            Map<String, @Nullable Object> options,
            boolean start,
            Order order)
            throws CommandException {
        arbiter.refuseAtTheEnd();
        WatcherConfig added = arbiter.amendments()
                .create(name, cmd, args, options, config.options().get(CircusOptions.USE_PAPA));
        if (arbiter.isLeftAlone(name.toLowerCase(Locale.ROOT))) {
            throw CommandException.invalid("cannot add " + name
                    + ": processes run under its names that rm --nostop has left alone; end them first");
        }
        Watcher watcher = arbiter.roster().add(added, arbiter);
        arbiter.publish(Event.of(watcher.name(), EventKind.ADD, arbiter.clock().now()));
        arbiter.rerouted(watcher);
        arbiter.changed(watcher);
        if (start) {
            arbiter.operate(watcher, Operation.of(Kind.START, order));
        } else {
            order.outcome().done(new Change(List.of(), List.of()));
        }
    }

    @Override
    public void remove(Watcher watcher, boolean stop, Order order) throws CommandException {
        arbiter.refuse(List.of(watcher), order.patient());
        arbiter.forget(watcher);
        arbiter.roster().remove(watcher);
        arbiter.publish(
                Event.of(watcher.name(), EventKind.REMOVE, arbiter.clock().now()));
        if (stop) {
            depart(watcher, order);
        } else {
            watcher.letGo().forEach(arbiter::leftAlone);
            order.outcome().done(new Change(List.of(), List.of()));
        }
        if (!watcher.definition().added()) {
            arbiter.roster().exclude(watcher, arbiter);
        }
    }

    /** Stops what no command knows any more. */
    private void depart(Watcher watcher, Order order) throws CommandException {
        arbiter.roster().addDeparting(watcher);
        watcher.retire();
        watcher.submit(Operation.of(Kind.STOP, order));
    }

    @Override
    public SortedMap<String, RunTimeChange> runTimeChanges() {
        SortedMap<String, RunTimeChange> changes = new TreeMap<>();
        for (Watcher watcher : arbiter.watchers()) {
            SortedMap<String, RunTimeChange.Value> values = new TreeMap<>();
            watcher.changes()
                    .forEach((key, pair) -> values.put(key, new RunTimeChange.Value(pair.get("ini"), pair.get("now"))));
            if (watcher.definition().added()) {
                changes.put(watcher.name(), new RunTimeChange(RunTimeChange.Kind.ADDED, new TreeMap<>()));
            } else if (!values.isEmpty()) {
                changes.put(watcher.name(), new RunTimeChange(RunTimeChange.Kind.CHANGED, values));
            }
        }
        for (WatcherConfig ini : config.watchers()) {
            if (arbiter.roster().isRemoved(ini.name().toLowerCase(Locale.ROOT))) {
                changes.put(ini.name(), new RunTimeChange(RunTimeChange.Kind.REMOVED, new TreeMap<>()));
            }
        }
        return changes;
    }

    @Override
    public void plan(Consumer<Plan> made, Consumer<CommandException> refused) {
        source.read(
                read -> {
                    Plan plan;
                    try {
                        plan = planFor(read);
                    } catch (CommandException impossible) {
                        refused.accept(impossible);
                        return;
                    }
                    made.accept(plan);
                },
                refused);
    }

    /** What it takes to get to this configuration. {@link #apply} carries it out. */
    public Plan planFor(CircusConfig after) throws CommandException {
        planned = after;
        return Plan.between(baseline, after, live(), arbiter.amendments());
    }

    private Live live() {
        return new Live(
                arbiter.watchers().stream().map(LiveChanges::live).toList(),
                arbiter.roster().excluded());
    }

    private static LiveWatcher live(Watcher watcher) {
        Map<String, @Nullable Object> overrides = new LinkedHashMap<>();
        watcher.changes().forEach((key, pair) -> overrides.put(key, pair.get("now")));
        boolean added = watcher.definition().added();
        return new LiveWatcher(
                watcher.name(),
                watcher.isWanted(),
                watcher.target(),
                added ? Map.of() : overrides,
                added ? Optional.of(watcher.config()) : Optional.empty());
    }

    @Override
    public void apply(Plan plan, boolean exactly, Order order) throws CommandException {
        CircusConfig after = planned;
        arbiter.rollOut(order, rollout -> begin(plan, exactly, after, rollout));
    }

    /** Its turn has come, perhaps long after it was made. */
    private void begin(Plan made, boolean exactly, CircusConfig after, Rollout rollout) {
        Plan plan;
        try {
            plan = planFor(after);
        } catch (CommandException notAnyMore) {
            rollout.failed(notAnyMore);
            return;
        }
        if (exactly && !plan.id().equals(made.id())) {
            rollout.failed(new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot carry out plan " + made.id() + ": while it waited for its turn, what runs has changed"));
            return;
        }
        if (!plan.isEmpty()) {
            LOG.log(Level.INFO, "the configuration is applied\n{0}", plan.text());
        }
        config = after;
        baseline = Baseline.of(after);
        applied.accept(after);
        new PlanExecution(arbiter, sockets, plan, after).begin(rollout, failedSocket -> {
            // The next plan tries again.
            baseline = baseline.without(failedSocket);
        });
    }
}

package circus.manager.arbiter;

import circus.manager.config.WatcherConfig;
import circus.manager.kernel.Attached;
import circus.manager.kernel.Launched;
import circus.manager.watcher.Definition;
import circus.manager.watcher.Launcher;
import circus.manager.watcher.LeftAlone;
import circus.manager.watcher.Notice;
import circus.manager.watcher.Resumption;
import circus.manager.watcher.RunState;
import circus.manager.watcher.Watcher;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The beginning of a manager: takes in what the kernel holds from an earlier one, tells what is going to change, and starts what is not
 * there yet. A kernel that holds nothing is no special case. Used once, on circus-loop.
 */
public final class Takeover {
    private static final System.Logger LOG = System.getLogger(Takeover.class.getName());

    private final Arbiter arbiter;
    private final String configuration;
    private final BiConsumer<String, List<String>> teller;
    private final boolean isReal;
    private final Map<String, Watcher> departing = new LinkedHashMap<>();
    private int adopted;

    /** @param configuration what the watchers come from, for messages */
    public Takeover(Arbiter arbiter, String configuration) {
        this(arbiter, configuration, Takeover::log, true);
    }

    /**
     * One of which nothing comes, as its arbiter has no kernel.
     *
     * @param teller told by watcher what would change
     */
    public static Takeover rehearsed(Arbiter arbiter, String configuration, BiConsumer<String, List<String>> teller) {
        return new Takeover(arbiter, configuration, teller, false);
    }

    private Takeover(Arbiter arbiter, String configuration, BiConsumer<String, List<String>> teller, boolean isReal) {
        this.isReal = isReal;
        this.arbiter = arbiter;
        this.configuration = configuration;
        this.teller = teller;
    }

    /**
     * @param processes all that the kernel holds of this arbiter
     * @param inherited what an earlier manager left besides
     */
    public void run(List<Attached> processes, Inherited inherited) {
        processes.forEach(this::adopt);
        List<Watcher> toStart = new ArrayList<>();
        for (Watcher watcher : arbiter.watchers()) {
            Resumption resumption = watcher.resume(inherited.states().getOrDefault(watcher.key(), RunState.NOTHING));
            if (!watcher.config().isResident()) { // such a worker never outlives its circusd
                teller.accept(watcher.name(), resumption.plan());
            }
            if (resumption.action() == Resumption.Action.START) {
                toStart.add(watcher);
            }
        }
        for (Watcher watcher : departing.values()) {
            watcher.resume(RunState.NOTHING);
            teller.accept(
                    watcher.name(),
                    List.of("stop its workers: there is no [watcher:" + watcher.name() + "] in " + configuration));
        }
        keep(inherited);
        if (adopted > 0 && isReal) {
            LOG.log(Level.INFO, "took over {0} running processes from the kernel", String.valueOf(adopted));
        }
        arbiter.startAtFirst(toStart);
    }

    /**
     * Both records hold what still applies, what nobody here can read, and nothing else; what a watcher makes of its own follows in its
     * first step.
     */
    private void keep(Inherited inherited) {
        inherited.stored().forEach(key -> {
            String watcher = RunState.watcher(key).orElseThrow();
            boolean counts = inherited.states().containsKey(watcher) && isKnown(watcher);
            if (!counts && !inherited.unread().containsKey(key)) {
                arbiter.drop(key);
            }
        });
        Map<String, String> kept = new LinkedHashMap<>(inherited.unread());
        inherited.states().forEach((watcher, state) -> {
            if (isKnown(watcher)) {
                kept.put(RunState.key(watcher), state.toJson());
            }
        });
        arbiter.keepOnly(kept);
    }

    private boolean isKnown(String watcher) {
        return arbiter.roster().lookUp(watcher).isPresent() || arbiter.roster().isRemoved(watcher);
    }

    private static void log(String watcher, List<String> plan) {
        plan.forEach(line -> LOG.log(Level.INFO, "plan for {0}: {1}", watcher, line));
    }

    private void adopt(Attached process) {
        int dot = process.name().lastIndexOf('.');
        String key = dot < 0 ? process.name() : process.name().substring(0, dot);
        int number = number(
                process.annotations().getOrDefault(Launcher.WID, process.name().substring(dot + 1)));
        boolean nothingLeft = process.exitTaken() && process.exit().stream().allMatch(exit -> exit.leftovers() == 0);
        if (nothingLeft) {
            return;
        }
        if (process.annotations().containsKey(Launcher.LEFT)) {
            if (process.exitTaken()) {
                return;
            }
            Launched launched = new Launched(process.incarnation(), process.pid(), process.started());
            arbiter.leftAlone(new LeftAlone(key, key, number, launched));
            process.exit().ifPresent(arbiter::exited);
            return;
        }
        Watcher watcher = arbiter.roster()
                .lookUp(key)
                .orElseGet(() -> departing.computeIfAbsent(key, name -> departing(name, process.annotations())));
        Launched launched = new Launched(process.incarnation(), process.pid(), process.started());
        Optional<Notice> ending = Notice.parse(process.annotations().get(Notice.KEY));
        if (process.exitTaken()) {
            watcher.adoptLeftovers(number, launched);
        } else if (process.exit().isPresent()) {
            watcher.adoptEnded(number, launched, process.exit().get(), ending);
        } else {
            adopted++;
            Map<String, String> notes = process.annotations();
            int slot = notes.containsKey(Launcher.SLOT) ? number(notes.get(Launcher.SLOT)) : 0;
            watcher.adopt(number, launched, notes.getOrDefault(Launcher.DIGEST, ""), slot, ending);
        }
    }

    private static int number(String wid) {
        try {
            return Math.max(1, Integer.parseInt(wid));
        } catch (NumberFormatException notOurs) {
            return 1;
        }
    }

    /** One that only has to stop what runs under its name, the way that was configured when it was started. */
    private Watcher departing(String name, Map<String, String> annotations) {
        OptionValues options = OptionValues.NONE.with(WatcherOptions.AUTOSTART, false);
        options = recorded(options, WatcherOptions.STOP_SIGNAL, annotations);
        options = recorded(options, WatcherOptions.GRACEFUL_TIMEOUT, annotations);
        options = recorded(options, WatcherOptions.STOP_CHILDREN, annotations);
        WatcherConfig config = new WatcherConfig(name, options, Map.of(), Map.of(), Optional.empty(), Optional.empty());
        Watcher watcher = new Watcher(Definition.ofFile(config), arbiter);
        arbiter.addDeparting(watcher);
        return watcher;
    }

    private static <T> OptionValues recorded(OptionValues options, Option<T> option, Map<String, String> annotations) {
        String text = annotations.get(option.key());
        if (text == null) {
            return options;
        }
        try {
            return options.with(option, option.type().parse(text));
        } catch (BadValueException fromAnotherVersion) {
            LOG.log(Level.WARNING, "cannot read {0} of a worker: {1}", option.key(), fromAnotherVersion.getMessage());
            return options;
        }
    }
}

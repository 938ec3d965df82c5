package circus.manager.command;

import circus.command.CommandSpec;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.recall.TailDesk;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Clock;
import circus.message.CommandException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** From the declaration of a command to what it does. Runs on circus-loop only. */
public final class Commands {
    private final Map<CommandSpec, Command> commands = new EnumMap<>(CommandSpec.class);
    private final Clock clock;
    private long requests;

    /**
     * @param events what the command {@code events} does, which stands on nothing else here
     * @param tails where output is read
     * @param reopen has the log files opened anew
     */
    public Commands(
            Arbiter arbiter,
            StatsReader stats,
            Changes changes,
            Whereabouts whereabouts,
            Events events,
            TailDesk tails,
            Runnable reopen) {
        this(arbiter, stats, changes, whereabouts, events, tails, reopen, Upgrades.NONE, Additions.NONE);
    }

    /**
     * @param upgrades puts other programs in place, and knows versions
     * @param additions the commands that are told of beside these
     */
    public Commands(
            Arbiter arbiter,
            StatsReader stats,
            Changes changes,
            Whereabouts whereabouts,
            Events events,
            TailDesk tails,
            Runnable reopen,
            Upgrades upgrades,
            Additions additions) {
        this.clock = arbiter.clock();
        for (CommandSpec spec : CommandSpec.values()) {
            commands.put(
                    spec,
                    commandFor(spec, arbiter, stats, changes, whereabouts, events, tails, reopen, upgrades, additions));
        }
    }

    private static Command commandFor(
            CommandSpec spec,
            Arbiter arbiter,
            StatsReader stats,
            Changes changes,
            Whereabouts whereabouts,
            Events events,
            TailDesk tails,
            Runnable reopen,
            Upgrades upgrades,
            Additions additions) {
        return switch (spec) {
            case STATUS -> new Status(arbiter, changes, tails::lastDeaths);
            case LIST -> new ListCommand(arbiter);
            case NUMPROCESSES -> new NumProcesses(arbiter);
            case NUMWATCHERS -> new NumWatchers(arbiter);
            case OPTIONS -> new Options(arbiter, changes);
            case GET -> new Get(arbiter);
            case STATS -> new Stats(arbiter, stats);
            case DSTATS -> new DStats(stats);
            case GLOBALOPTIONS -> new GlobalOptions(whereabouts);
            case LISTSOCKETS -> new ListSockets(arbiter);
            case IPYTHON -> new IPython();
            case LISTEN -> new Listen();
            case EVENTS -> events;
            case TAIL -> new Tail(arbiter, tails);
            case REOPEN -> new Reopen(reopen);
            case POSTMORTEM -> new Postmortem(arbiter, tails);
            case START -> new Start(arbiter);
            case STOP -> new Stop(arbiter);
            case RESTART -> new Restart(arbiter);
            case RELOAD -> new Reload(arbiter);
            case INCR -> new Incr(arbiter);
            case DECR -> new Decr(arbiter);
            case KILL -> new Kill(arbiter);
            case SIGNAL -> new Signal(arbiter);
            case SET -> new SetCommand(arbiter, changes);
            case ADD -> new Add(changes);
            case RM -> new Remove(arbiter, changes);
            case RELOADCONFIG -> new ReloadConfig(changes);
            case JOBS -> new Jobs(arbiter);
            case CANCEL -> new Cancel(arbiter);
            case COMMANDS -> new Added(additions);
            case KEYGEN -> new KeyGen();
            case VERSIONS -> new Versions(upgrades);
            case UPGRADE -> new Upgrade(upgrades);
            case DETACH -> new Detach(arbiter);
            case QUIT -> new Quit(arbiter);
        };
    }

    /** The number of the next request, by which jobs and the audit know it. */
    long next() {
        requests++;
        return requests;
    }

    public void execute(Call call) throws CommandException {
        if (!call.hasBegun()) {
            call.begin(next(), clock.now());
        }
        Objects.requireNonNull(commands.get(call.spec())).run(call);
    }
}

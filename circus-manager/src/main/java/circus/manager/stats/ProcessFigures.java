package circus.manager.stats;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import circus.message.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at processes and their children: in a hurry, only to take note of the CPU time of each ({@link #sample}), or for all that is told
 * of them. One thread.
 */
final class ProcessFigures {
    private static final System.Logger LOG = System.getLogger(ProcessFigures.class.getName());
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** What stands for a process that has gone in the meantime. */
    static final String GONE = "No such process (stopped?)";

    /** Of one process no more children are told. */
    static final int MOST_CHILDREN = 1_000;

    private final Machine machine;
    private final ProcFiles files;
    private final Offspring offspring;
    private final Identities identities;
    private final UserNames users;
    private final CpuShares shares;
    private final Clock clock;

    /** When the machine started, in nanoseconds of the clock, as of this look; NaN when it does not tell. */
    private double bootNanos = Double.NaN;

    ProcessFigures(Machine machine, ProcFiles files, UserNames users, Clock clock) {
        this(machine, files, users, clock, Identities.LONGEST);
    }

    /** @param identities how old what is known of users and command lines may be */
    ProcessFigures(Machine machine, ProcFiles files, UserNames users, Clock clock, Duration identities) {
        this.machine = machine;
        this.files = files;
        this.offspring = new Offspring(files);
        this.identities = new Identities(files, identities);
        this.users = users;
        this.shares = new CpuShares(machine.ticksPerSecond());
        this.clock = clock;
    }

    /** Takes note of the CPU time of these, who are all that there are, and their children; forgets everybody else. */
    void sample(Collection<Integer> pids) {
        long began = begin();
        Map<Integer, ProcessStat> there = new LinkedHashMap<>();
        for (int pid : pids) {
            try {
                there.put(pid, files.stat(pid));
            } catch (IOException goneOrHidden) {
                LOG.log(Level.DEBUG, "cannot sample a process", goneOrHidden);
            }
        }
        there.values().forEach(this::share);
        offspring
                .of(there.values())
                .values()
                .forEach(children -> children.stream().limit(MOST_CHILDREN).forEach(this::share));
        shares.forgetUnseen(began);
        identities.forgetOld(began);
    }

    /** One entry for each of these processes of circusd's, in their order: an info object, or a text where it has gone. */
    Map<Integer, Object> of(Collection<ProcessView> processes) {
        begin();
        users.refresh();
        Map<Integer, Object> infos = new LinkedHashMap<>();
        Map<Integer, ProcessStat> there = new HashMap<>();
        for (ProcessView process : processes) {
            infos.put(process.pid(), look(process, there));
        }
        Map<Integer, List<ProcessStat>> children = offspring.of(there.values());
        for (ProcessView process : processes) {
            if (infos.get(process.pid()) instanceof Map<?, ?> info) {
                // Those that a thread seems to have are circusd's.
                List<ProcessStat> own =
                        process.isThread() ? List.of() : children.getOrDefault(process.pid(), List.of());
                infos.put(process.pid(), whole(info, process, own));
            }
        }
        return infos;
    }

    /** Begins a round of {@link #alone}, and says when. */
    long beginRound() {
        users.refresh();
        return begin();
    }

    /** The info object of a process, without children; null if it has gone. */
    @Nullable
    Map<String, @Nullable Object> alone(int pid) {
        try {
            ProcessStat stat = files.stat(pid);
            return stat.isZombie() ? null : describe(stat);
        } catch (GoneException gone) {
            LOG.log(Level.DEBUG, "a process has ended meanwhile", gone);
            return null;
        } catch (IOException hidden) {
            return ProcessInfo.hidden(pid);
        }
    }

    /** Forgets whom nobody has looked at in the round that began then. */
    void endRound(long began) {
        shares.forgetUnseen(began);
        identities.forgetOld(began);
    }

    private Object look(ProcessView process, Map<Integer, ProcessStat> there) {
        try {
            ProcessStat stat = files.stat(process.pid());
            if (stat.isZombie()) {
                return GONE;
            }
            Map<String, @Nullable Object> info = describe(stat);
            there.put(process.pid(), stat);
            return info;
        } catch (GoneException gone) {
            return GONE;
        } catch (IOException hidden) {
            return ProcessInfo.hidden(process.pid());
        }
    }

    private Map<String, @Nullable Object> whole(Map<?, ?> info, ProcessView process, List<ProcessStat> children) {
        double started = Json.seconds(process.started());
        Map<String, @Nullable Object> whole = new LinkedHashMap<>(32);
        info.forEach((key, value) -> whole.put(String.valueOf(key), value));
        whole.put("age", Json.seconds(clock.now()) - started);
        List<Object> infos = new ArrayList<>();
        for (ProcessStat child : children.subList(0, Math.min(children.size(), MOST_CHILDREN))) {
            try {
                infos.add(describe(child));
            } catch (GoneException gone) {
                LOG.log(Level.DEBUG, "a child has ended meanwhile", gone);
            }
        }
        whole.put("children", infos);
        whole.put("started", started);
        whole.put("wid", process.wid());
        return whole;
    }

    /** The info object of circusd itself: whatever it has as children is of no interest. */
    Object ofDaemon(int pid) {
        begin();
        users.refresh();
        try {
            return describe(files.stat(pid));
        } catch (GoneException gone) {
            return GONE;
        } catch (IOException hidden) {
            return ProcessInfo.hidden(pid);
        }
    }

    private Map<String, @Nullable Object> describe(ProcessStat process) throws GoneException {
        Identities.Identity identity = identities.of(process, clock.nanos());
        Integer user = identity.user();
        return ProcessInfo.of(
                process,
                machine,
                share(process),
                age(process),
                user == null ? null : users.of(user),
                identity.firstWord());
    }

    private long begin() {
        long now = clock.nanos();
        try {
            bootNanos = now - files.uptime() * NANOS_PER_SECOND;
        } catch (IOException untold) {
            bootNanos = Double.NaN;
        }
        return now;
    }

    private double share(ProcessStat process) {
        long now = clock.nanos();
        // Not by the wall clock: the time of the machine's start is told in whole seconds of that.
        double life = (now - bootNanos) / NANOS_PER_SECOND - (double) process.startTicks() / machine.ticksPerSecond();
        return shares.look(process, life >= 0 ? life : age(process), now);
    }

    private double age(ProcessStat process) {
        return Json.seconds(clock.now()) - ProcessInfo.createTime(process, machine);
    }

    /** Of how many processes there are former looks. */
    int known() {
        return shares.size();
    }
}

package circus.manager.upgrade;

import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Facilities;
import circus.manager.arbiter.ForeignNames;
import circus.manager.arbiter.Inherited;
import circus.manager.arbiter.LastWords;
import circus.manager.arbiter.LiveChanges;
import circus.manager.arbiter.LiveSockets;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.arbiter.RunTimeRecord;
import circus.manager.arbiter.Takeover;
import circus.manager.arbiter.Workshop;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.kernel.Attached;
import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.PapaKernel;
import circus.manager.plan.Plan;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Resumption;
import circus.message.CommandException;
import circus.options.CircusOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import papa.client.PapaException;

/**
 * What a circusd would do if it became the manager now: it goes through the motions of a start, on what the kernel tells to whoever looks,
 * and nothing comes of it. That also has the classes loaded that count when it really starts. One thread.
 *
 * @param plan what it would change, for people; empty where that is nothing
 * @param processes how many it would take over
 */
record Observation(String plan, int processes) {
    static Observation of(CircusConfig config, Path kernel, Map<String, String> environment, Amendments amendments)
            throws PapaException, ManagedSockets.CannotOpenException {
        try (PapaKernel reader = PapaKernel.observing(kernel, config.name())) {
            Inherited inherited = Inherited.of(reader.values(), Map.of(), false);
            CircusConfig before = inherited.before(config, environment);
            ManagedSockets sockets = new ManagedSockets(before.sockets(), new AsTheyAre(reader));
            Spectator nobody = new Spectator();
            Workshop workshop = new Workshop(
                    environment.getOrDefault("PATH", "/usr/bin:/bin"),
                    sockets.open(),
                    before.options().get(CircusOptions.UMASK));
            Facilities facilities = new Facilities(
                    Clock.system(),
                    nobody,
                    workshop,
                    amendments,
                    RunTimeRecord.NONE,
                    event -> {},
                    death -> {},
                    (task, answer) -> {},
                    watcher -> {},
                    LastWords.NONE);
            Arbiter arbiter = new Arbiter(facilities, new Agenda(System::nanoTime), farewell -> {});
            arbiter.fill(before, inherited);
            LiveChanges changes = new LiveChanges(
                    arbiter,
                    (read, refused) -> {},
                    new LiveSockets(nobody, sockets, workshop),
                    before,
                    ForeignNames.TRUSTED,
                    applied -> {});
            sockets.handSlotsTo(arbiter);
            List<Attached> attached = reader.attached();
            List<String> lines = new ArrayList<>();
            Takeover.rehearsed(
                            arbiter,
                            config.file().toString(),
                            (watcher, plan) -> plan.stream()
                                    .filter(line ->
                                            line.startsWith(Resumption.REPLACES) || line.contains("there is no ["))
                                    .forEach(line -> lines.add(watcher + ": " + line)))
                    .run(attached, inherited);
            lines.addAll(ofTheFile(changes, before, config));
            int running = (int)
                    attached.stream().filter(each -> each.exit().isEmpty()).count();
            return new Observation(String.join("\n", lines), running);
        }
    }

    /** An edited file is a plan like any other. */
    private static List<String> ofTheFile(LiveChanges changes, CircusConfig before, CircusConfig config) {
        if (before.text().equals(config.text())) {
            return List.of();
        }
        try {
            Plan plan = changes.planFor(config);
            return plan.isEmpty() ? List.of() : List.of(plan.text());
        } catch (CommandException impossible) {
            return List.of("the file has changed, and nothing of it can be applied: " + impossible.reason());
        }
    }

    /** The sockets that are open; those that are not would be opened. */
    private record AsTheyAre(PapaKernel kernel) implements ManagedSockets.Holder {
        @Override
        public List<HeldSocket> sockets() throws PapaException {
            return kernel.sockets();
        }

        @Override
        public HeldSocket makeSocket(String name, Map<String, String> options) throws PapaException {
            Map<String, HeldSocket> held =
                    kernel.sockets().stream().collect(Collectors.toMap(HeldSocket::name, socket -> socket));
            HeldSocket found = held.get(name);
            if (found == null) {
                throw new PapaException("it is not open");
            }
            return found;
        }

        @Override
        public void removeSocket(String name) {}
    }
}

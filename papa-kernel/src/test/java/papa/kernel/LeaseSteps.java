package papa.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps of a random round: leases. Every connection is of one process, but for the {@link LeaseHolder} of another. */
final class LeaseSteps {
    private static final List<String> NAMES = List.of("a", "a", "b", "b", "a.1", "zork");

    private LeaseSteps() {}

    static void take(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.of(NAMES);
        round.ask(dice, speaker, round.model.leases.take(speaker, round.pid, name), "lease", "take", name);
    }

    static void join(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.of(NAMES);
        ModelLeases.Lease lease = round.model.leases.all().get(name);
        String epoch = "" + ((lease == null ? 1 : lease.epoch) + (dice.onceIn(5) ? 1 : 0));
        round.ask(
                dice,
                speaker,
                round.model.leases.join(speaker, round.pid, name, epoch),
                List.of("lease", "join", name, epoch),
                () -> {});
    }

    static void drop(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        Optional<String> held = round.model.leases.all().values().stream()
                .filter(each -> each.holder == speaker)
                .map(each -> each.name)
                .findFirst();
        String name = dice.onceIn(4) ? dice.of(NAMES) : held.orElse("zork");
        round.ask(dice, speaker, round.model.leases.drop(speaker, name), "lease", "drop", name);
    }

    /** Now and then of a process that holds one, and is ended for it. */
    static void force(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        Map<String, Process> strangers = round.strangers;
        String name = strangers.isEmpty() || dice.onceIn(3)
                ? dice.of(NAMES)
                : strangers.keySet().iterator().next();
        Expected expected = round.model.leases.force(speaker, round.pid, name);
        round.ask(dice, speaker, expected, "lease", "force", name);
        Process victim = expected.ok() ? strangers.remove(name) : null;
        if (victim != null) {
            victim.waitFor();
            round.awaitSessions();
        }
    }

    static void show(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.ask(dice, speaker, Expected.ok(round.model.leases.lines()), "lease", "show");
    }

    /** Another process takes one. */
    static void strange(RandomRound round, Dice dice) throws Exception {
        String name = dice.of("a", "b");
        ModelLeases.Lease lease = round.model.leases.all().get(name);
        boolean nested = name.equals("a") && round.model.leases.all().containsKey("a.1");
        if ((lease == null || lease.holder == null) && !nested && round.strangers.isEmpty()) {
            Process other = LeaseHolder.start(round.socket(), name, 1);
            round.strangers.put(name, other);
            round.model.leases.take(other, other.pid(), name);
            round.tell("  process " + other.pid() + " takes lease " + name);
            round.awaitSessions();
        }
    }

    /** A process that holds a lease ends, and nobody has it. */
    static void strangerEnds(RandomRound round) throws Exception {
        for (Process each : round.strangers.values()) {
            round.tell("  process " + each.pid() + " is killed");
            each.destroyForcibly();
            round.model.leases.gone(each);
        }
        round.strangers.clear();
        round.awaitSessions();
    }
}

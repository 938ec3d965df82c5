package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import papa.wire.SignalName;

/** Steps of a random round: signals, to processes that have no descendants. */
final class SignalSteps {
    private SignalSteps() {}

    static void signal(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        boolean byName = dice.onceIn(2);
        String name = dice.onceIn(10) ? "zork" : dice.of(ProcessSteps.NAMES);
        long number = ProcessSteps.number(round, dice);
        ModelProcess process = byName ? round.latest(name) : round.model.processes.get(number);
        String signal = dice.of("TERM", "SIGKILL", "15", "0", "usr1", "CONT", "0", "CONT", "FOO");
        String set = dice.of("", "", "", "process", "group", "tree", "children", "child=1", "zork");
        List<String> words = new ArrayList<>(List.of("signal", byName ? name : "" + number, signal));
        if (!set.isEmpty()) {
            words.add(set);
        }
        Expected expected;
        if (signal.equals("FOO")) {
            expected = Expected.refused("cannot send signal FOO");
        } else if (set.equals("zork")) {
            expected = Expected.refused("cannot signal the zork of a process");
        } else if (process == null) {
            expected = byName
                    ? Expected.refused("cannot signal " + name + ": there is no process of that name")
                    : Expected.ok("gone");
        } else {
            expected =
                    round.model.leases.refuses(speaker, "signal", process.name).orElse(null);
            if (expected == null) {
                boolean none = process.ended || set.startsWith("child");
                boolean counts = set.equals("group") || set.equals("tree");
                expected = Expected.ok(none ? "gone" : counts ? "sent 1 " + process.pid : "sent");
                int ends = SignalName.number(signal).orElse(0);
                if (!none && ends != 0 && ends != SignalName.CONT.number()) {
                    round.model.end(process, -ends);
                    round.unsettled(process);
                }
            }
        }
        round.ask(dice, speaker, expected, words, () -> {});
    }
}

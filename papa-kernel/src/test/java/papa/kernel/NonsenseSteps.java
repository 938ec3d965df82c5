package papa.kernel;

import java.util.List;

/** Steps of a random round: requests that no state of a kernel makes right, and such as change nothing. */
final class NonsenseSteps {
    private NonsenseSteps() {}

    static void any(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        switch (dice.below(9)) {
            case 0 -> round.ask(dice, speaker, Expected.refused("Unknown command \"zork\""), "zork", "x");
            case 1 ->
                round.ask(
                        dice,
                        speaker,
                        Expected.refused("\"list\" must be followed by one of: processes, sockets, values"),
                        "list");
            case 2 ->
                round.ask(
                        dice,
                        speaker,
                        Expected.refused("Bad \"make\" command. The following word must be one of: process, socket"),
                        "make",
                        "zork");
            case 3 -> round.ask(dice, speaker, Expected.refused("You cannot abbreviate \"exit-if-idle\""), "exit");
            case 4 ->
                round.ask(dice, speaker, Expected.refused("cannot take \"x\" for a number"), "commit", "out", "x", "1");
            case 5 -> round.ask(dice, speaker, Expected.refused("cannot signal"), "signal", "p");
            case 6 -> round.ask(dice, speaker, Expected.refused("Value requires a name"), "get");
            case 7 ->
                round.ask(
                        dice,
                        speaker,
                        Expected.refused("cannot take a name of 1025 bytes"),
                        List.of("make", "process", "x".repeat(1025), "/bin/true"),
                        () -> {});
            default -> {
                round.settle();
                if (!round.model.values.isEmpty()) {
                    round.ask(dice, speaker, Expected.ok("not idle"), "exit-if-idle");
                }
            }
        }
    }
}

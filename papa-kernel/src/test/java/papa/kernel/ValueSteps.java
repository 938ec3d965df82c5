package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps of a random round: values. */
final class ValueSteps {
    static final List<String> NAMES = List.of("v", "a.v", "b.v", "w x", "é");
    private static final List<String> PATTERNS = List.of("v", "a.*", "b*", "*", "zork", "w x");
    private static final List<String> PLAIN = List.of("1", "two words", "\"quoted\"", "é", "=", "--", "a\\b");
    private static final List<String> ANY = List.of("", " ", "line\nfeed", "\ttab", "end\\", "q\"b\\", "\u0001\u007f");

    private ValueSteps() {}

    /** One that this connection can say. */
    static String value(Dice dice, Speaker speaker) {
        String value = speaker.isPapas() || dice.onceIn(2) ? dice.of(PLAIN) : dice.of(ANY);
        return dice.onceIn(20) ? dice.text(2000).replace('\n', 'n') : value;
    }

    static List<String> patterns(Dice dice, List<String> from) {
        List<String> patterns = new ArrayList<>();
        for (int i = dice.below(3); i > 0; i--) {
            patterns.add(dice.of(from));
        }
        return patterns;
    }

    static List<String> words(List<String> first, List<String> more) {
        List<String> words = new ArrayList<>(first);
        words.addAll(more);
        return words;
    }

    static void set(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.onceIn(20) ? "*" : dice.of(NAMES);
        List<String> words = new ArrayList<>(List.of("set", name));
        for (int i = dice.below(4) == 0 ? dice.below(4) : 1; i > 0; i--) {
            words.add(value(dice, speaker));
        }
        round.ask(dice, speaker, set(round.model, speaker, words.subList(1, words.size())), words, () -> {});
    }

    private static Expected set(ModelKernel model, Speaker speaker, List<String> words) {
        String name = words.get(0);
        if (name.equals("*")) {
            return Expected.refused("Value requires a name");
        }
        Optional<Expected> refused = model.leases.refuses(speaker, "set", name);
        if (refused.isEmpty() && words.size() == 1) {
            model.values.remove(name);
        } else if (refused.isEmpty()) {
            model.values.put(name, String.join(" ", words.subList(1, words.size())));
        }
        return refused.orElse(Expected.ok(""));
    }

    static void get(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.onceIn(10) ? "zork" : dice.of(NAMES);
        round.ask(dice, speaker, Expected.ok(round.model.values.getOrDefault(name, "")), "get", name);
    }

    static void remove(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        List<String> patterns = patterns(dice, PATTERNS);
        round.ask(
                dice,
                speaker,
                remove(round.model, speaker, patterns),
                words(List.of("remove", "values"), patterns),
                () -> {});
    }

    private static Expected remove(ModelKernel model, Speaker speaker, List<String> patterns) {
        if (patterns.isEmpty() || patterns.equals(List.of("*"))) {
            return Expected.refused("You cannot remove all variables");
        }
        List<String> names = model.values.keySet().stream()
                .filter(each -> ModelKernel.matches(patterns, each))
                .toList();
        Optional<Expected> refused = model.leases.refusesAny(speaker, "remove", names);
        if (refused.isEmpty()) {
            names.forEach(model.values::remove);
        }
        return refused.orElse(Expected.ok(""));
    }

    static void list(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        List<String> patterns = patterns(dice, PATTERNS);
        round.ask(
                dice,
                speaker,
                Expected.ok(round.model.listValues(patterns, speaker.isPapas())),
                words(List.of("list", "values"), patterns),
                () -> {});
    }

    /** Says what changes a value, and goes before the answer comes: it counts. */
    static void hasty(RandomRound round, Dice dice, Speaker speaker, int number) throws Exception {
        List<String> words = List.of("set", dice.of(NAMES), value(dice, speaker));
        set(round.model, speaker, words.subList(1, words.size()));
        speaker.say(words);
        if (dice.onceIn(3)) {
            speaker.say(List.of("get", "v"));
        }
        round.tell("  " + speaker.mode() + " " + words + ", and goes");
        if (dice.onceIn(3)) {
            round.handOver();
        }
        round.drop(number);
    }
}

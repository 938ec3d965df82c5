package papa.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** Steps of a random round: what has been dealt with is committed, all of it or nothing. */
final class CommitSteps {
    private final RandomRound round;
    private final Dice dice;
    private final Speaker speaker;
    private final List<String> words = new ArrayList<>(List.of("commit"));
    private final List<Runnable> steps = new ArrayList<>();
    private final Map<String, @Nullable String> values = new HashMap<>();
    private Optional<Expected> refused = Optional.empty();

    private CommitSteps(RandomRound round, Dice dice, Speaker speaker) {
        this.round = round;
        this.dice = dice;
        this.speaker = speaker;
    }

    static void commit(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        List<Speaker> managers = round.speakers.values().stream()
                .filter(round.model.leases::isActing)
                .toList();
        boolean asManager = !managers.isEmpty() && dice.onceIn(2);
        new CommitSteps(round, dice, asManager ? dice.of(managers) : speaker).run();
    }

    private void run() throws Exception {
        Optional<ModelProcess> all = ProcessSteps.any(round, dice, false);
        if (all.isPresent() && dice.onceIn(4)) {
            everythingOf(all.get());
        }
        for (int i = dice.below(4); i > 0; i--) {
            switch (dice.below(5)) {
                case 0, 1 -> output(ProcessSteps.number(round, dice), dice.of(Channel.values()));
                case 2 -> exit(ProcessSteps.number(round, dice));
                default -> value();
            }
        }
        if (dice.onceIn(15)) {
            words.add("zork");
            refuse(Optional.of(Expected.refused("cannot commit \"zork\"")));
        } else if (dice.onceIn(15)) {
            words.addAll(List.of("out", "1"));
            Optional<Expected> belongs = belongs(round.model.processes.get(1L));
            refuse(belongs.or(() -> Optional.of(Expected.refused("cannot commit out: a word is missing"))));
        }
        if (refused.isEmpty()) {
            values.forEach((name, value) -> {
                if (value == null) {
                    round.model.values.remove(name);
                } else {
                    round.model.values.put(name, value);
                }
            });
            steps.forEach(Runnable::run);
            round.freed();
        }
        round.ask(dice, speaker, refused.orElse(Expected.ok("")), words, () -> {});
    }

    /** What comes first counts. */
    private void refuse(Optional<Expected> why) {
        refused = refused.or(() -> why);
    }

    private Optional<Expected> belongs(@Nullable ModelProcess process) {
        return process == null ? Optional.empty() : round.model.leases.refuses(speaker, "commit", process.name);
    }

    private void everythingOf(ModelProcess process) {
        for (Map.Entry<Channel, ModelStream> each : process.streams.entrySet()) {
            output(process.number, each.getKey(), each.getValue().end());
        }
        exit(process.number);
    }

    private void output(long number, Channel channel) {
        ModelProcess process = round.model.processes.get(number);
        ModelStream stream = process == null ? null : process.stream(channel);
        long end = stream == null ? 10 : stream.end();
        long base = stream == null ? 0 : stream.base;
        long offset = dice.onceIn(3) ? end : base + dice.below((int) (end - base) + 1);
        if (dice.onceIn(6)) {
            offset = dice.of(-1L, end + 1, Long.MAX_VALUE, base / 2);
        }
        output(number, channel, offset);
    }

    private void output(long number, Channel channel, long offset) {
        words.addAll(List.of(channel.word(), "" + number, "" + offset));
        ModelProcess process = round.model.processes.get(number);
        if (process == null) {
            return; // gone already: no error
        }
        ModelStream stream = process.stream(channel);
        refuse(belongs(process));
        if (stream != null && (offset < 0 || offset > stream.end())) {
            refuse(Optional.of(Expected.refused(
                    "cannot commit " + channel.word() + " " + number + " " + offset,
                    process.name,
                    "ends at " + stream.end())));
        }
        steps.add(() -> {
            if (!process.released) {
                round.model.commit(process, channel, offset);
            }
        });
    }

    private void exit(long number) {
        words.addAll(List.of("exit", "" + number));
        ModelProcess process = round.model.processes.get(number);
        if (process != null) {
            refuse(belongs(process));
            steps.add(() -> {
                if (!process.released) {
                    round.model.takeExit(process);
                }
            });
        }
    }

    private void value() {
        String name = dice.of(ValueSteps.NAMES);
        refuse(round.model.leases.refuses(speaker, "commit", name));
        if (dice.onceIn(3)) {
            words.addAll(List.of("unset", name));
            values.put(name, null);
        } else {
            String value = ValueSteps.value(dice, speaker);
            words.addAll(List.of("set", name, value));
            values.put(name, value);
        }
    }
}

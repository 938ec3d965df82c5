package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import papa.wire.Frame.Channel;
import papa.wire.SignalName;

/** Steps of a random round: processes are made, write, end, are annotated and removed. */
final class ProcessSteps {
    static final List<String> NAMES = List.of("a.1", "a.2", "b.1", "p", "narrow", "narrow");
    static final List<String> PATTERNS = List.of("a.1", "a.*", "b*", "p", "narrow", "zork", "*");
    private static final Pattern MADE = Pattern.compile("incarnation=(\\d+) pid=(\\d+) (?:state=\\w+ )?started=(\\d+)");

    private ProcessSteps() {}

    static void make(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        String name = dice.of(NAMES);
        ModelProcess existing = round.latest(name);
        Optional<Expected> refused = round.model.leases.refuses(speaker, "start", name);
        if (dice.onceIn(12)) {
            makeNone(round, dice, speaker, name, refused);
            return;
        }
        // What one that was killed had not read, half a line perhaps, would be read by the next one with its FIFO.
        boolean again = dice.onceIn(2) && (speaker.isPapas() || existing == null || !existing.ended);
        ToldProgram program = existing != null && again ? existing.program : round.newProgram();
        List<String> made = existing != null && again ? existing.made : options(dice, name, program);
        if (refused.isEmpty() && existing != null && (speaker.isPapas() || !existing.ended)) {
            refused = Optional.of(existing(speaker, existing, made));
        }
        List<String> words = ValueSteps.words(List.of("make", "process", name), made);
        if (refused.isPresent()) {
            round.ask(dice, speaker, refused.get(), words, () -> {});
            return;
        }
        Expected.Answer answer = round.answer(dice, speaker, words, () -> {});
        if (!answer.ok()) {
            throw new Expected.Disagreement("the model says that it starts; the kernel: " + answer);
        }
        learn(round, speaker, name, made, program, answer);
    }

    private static List<String> options(Dice dice, String name, ToldProgram program) {
        List<String> words = new ArrayList<>();
        words.add("bufsize=" + (name.equals("narrow") ? "2000" : "8m"));
        if (dice.onceIn(8)) {
            words.add("stdout=0");
        }
        if (dice.onceIn(5)) {
            words.add(dice.of("stderr=0", "stderr=stdout"));
        }
        words.addAll(program.words());
        return words;
    }

    private static Expected existing(Speaker speaker, ModelProcess existing, List<String> made) {
        if (speaker.mode() == Speaker.Mode.FRAMED) {
            return Expected.refused("cannot start " + existing.name + ": it is running with pid " + existing.pid);
        }
        if (!made.equals(existing.made)) {
            return Expected.refused(
                    "Process for " + existing.name + " has already been created - " + existing.papasLine());
        }
        return Expected.ok(speaker.isPapas() ? existing.papasLine() : answer(existing));
    }

    private static String answer(ModelProcess process) {
        return process.name + " incarnation=" + process.number + " pid=" + process.pid + " started="
                + process.startedMicros;
    }

    private static void learn(
            RandomRound round,
            Speaker speaker,
            String name,
            List<String> made,
            ToldProgram program,
            Expected.Answer answer)
            throws Exception {
        String told = answer.text();
        if (speaker.isPapas()) {
            String[] lines = round.observe("list", "processes", name).split("\n");
            told = "";
            for (String line : lines) {
                told = line.contains(" " + answer.text().replaceAll("(?s).* (pid=\\d+) .*", "$1") + " ") ? line : told;
            }
        }
        Matcher numbers = MADE.matcher(told);
        if (!numbers.find()) {
            throw new Expected.Disagreement("a process was made, but the kernel says: " + answer + " and: " + told);
        }
        ModelProcess process = new ModelProcess(
                name,
                Long.parseLong(numbers.group(1)),
                Long.parseLong(numbers.group(2)),
                Long.parseLong(numbers.group(3)),
                name.equals("narrow") ? 2000 : 8 << 20,
                made,
                program);
        Expected.ok(speaker.isPapas() ? process.papasLine() : answer(process)).demand(answer);
        if (round.model.known.keySet().stream().anyMatch(each -> each >= process.number)) {
            throw new Expected.Disagreement("the number of an incarnation comes again: " + answer);
        }
        round.model.add(process);
        round.unsettled(process);
    }

    private static void makeNone(RandomRound round, Dice dice, Speaker speaker, String name, Optional<Expected> refused)
            throws Exception {
        List<String> words = new ArrayList<>(List.of("make", "process", name));
        Expected expected;
        switch (dice.below(3)) {
            case 0 -> expected = Expected.refused("No command");
            case 1 -> {
                words.addAll(List.of("zork=1", "/bin/true"));
                expected = speaker.isPapas()
                        ? Expected.refused("unexpected keyword argument 'zork'")
                        : Expected.refused("cannot make a process with zork=");
            }
            default -> {
                words.addAll(List.of("bufsize=-1", "/bin/true"));
                expected = speaker.isPapas()
                        ? Expected.refused("invalid literal for int() with base 10: '-1'")
                        : Expected.refused("cannot take bufsize=-1");
            }
        }
        round.ask(dice, speaker, refused.orElse(expected), words, () -> {});
    }

    /** One that is there, if any is; running if that is asked for. */
    static Optional<ModelProcess> any(RandomRound round, Dice dice, boolean running) {
        List<ModelProcess> all = round.model.processes.values().stream()
                .filter(each -> !running || !each.ended)
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(dice.of(all));
    }

    /** A number of one that is there, or now and then one that was, or none. */
    static long number(RandomRound round, Dice dice) {
        List<Long> known = new ArrayList<>(round.model.known.keySet());
        Optional<ModelProcess> any = any(round, dice, false);
        if (any.isPresent() && !dice.onceIn(6)) {
            return any.get().number;
        }
        return known.isEmpty() || dice.onceIn(3) ? 1_000_000 : dice.of(known);
    }

    static void write(RandomRound round, Dice dice) throws Exception {
        Optional<ModelProcess> any = any(round, dice, true);
        if (any.isPresent()) {
            ModelProcess process = any.get();
            if (process.isNarrow()) {
                round.settle();
            }
            int most = process.isNarrow() ? 900 : dice.onceIn(8) ? 50_000 : 3000;
            write(round, process, dice.of(Channel.values()), dice.text(1 + dice.below(most)));
            if (process.isNarrow()) {
                round.freed();
                round.settle();
                if (!dice.onceIn(3)) {
                    write(round, dice); // so that there is too much
                }
            }
        }
    }

    static void write(RandomRound round, ModelProcess process, Channel channel, String text) throws Exception {
        round.tell("  " + process + " writes " + text.length() + " bytes to " + channel);
        round.model.dropped += process.write(channel, text);
        process.program.write(channel, text);
        round.unsettled(process);
    }

    static void end(RandomRound round, Dice dice) throws Exception {
        Optional<ModelProcess> any = any(round, dice, true);
        if (any.isPresent()) {
            ModelProcess process = any.get();
            boolean bySignal = dice.onceIn(3);
            int code = bySignal ? -dice.of(6, 9, 15) : dice.of(0, 0, 1, 7, 255);
            round.tell("  " + process + " ends with " + code);
            if (bySignal) {
                process.program.killItself(SignalName.of(-code));
            } else {
                process.program.exit(code);
            }
            round.model.end(process, code);
            round.unsettled(process);
        }
    }

    static void annotate(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        long number = number(round, dice);
        ModelProcess process = round.model.processes.get(number);
        String key = dice.of("slot", "note", "k");
        String value = dice.of("", "1", "2", "long-" + number);
        boolean wrong = dice.onceIn(8);
        round.settle();
        Expected expected;
        if (process == null || process.released) {
            expected = Expected.refused("cannot annotate: there is no such incarnation");
        } else {
            expected = round.model
                    .leases
                    .refuses(speaker, "annotate", process.name)
                    .orElse(Expected.ok(""));
            if (expected.ok() && wrong) {
                expected = Expected.refused("cannot annotate with zork: KEY=VALUE is wanted");
            } else if (expected.ok() && value.isEmpty()) {
                process.annotations.remove(key);
            } else if (expected.ok()) {
                process.annotations.put(key, value);
            }
        }
        List<String> words = new ArrayList<>(List.of("annotate", "" + number, key + "=" + value));
        if (wrong) {
            words.add("zork");
        }
        round.ask(dice, speaker, expected, words, () -> {});
    }

    static void remove(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        List<String> patterns = dice.onceIn(10) ? List.of() : List.of(dice.of(PATTERNS));
        Optional<String> unknown = patterns.stream()
                .filter(each -> ModelKernel.isExact(each) && round.latest(each) == null)
                .findFirst();
        List<ModelProcess> found = round.model.named(patterns);
        Expected expected = unknown.map(each -> Expected.refused(each + " not found"))
                .or(() -> round.model.leases.refusesAny(
                        speaker, "remove", found.stream().map(each -> each.name).toList()))
                .orElse(Expected.ok(""));
        if (expected.ok()) {
            found.forEach(round.model::forget);
            round.freed();
        }
        round.ask(dice, speaker, expected, ValueSteps.words(List.of("remove", "processes"), patterns), () -> {});
    }

    static void list(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        List<String> patterns = ValueSteps.patterns(dice, PATTERNS);
        round.ask(
                dice,
                speaker,
                Expected.ok(round.model.listProcesses(patterns, speaker.isPapas())),
                ValueSteps.words(List.of("list", "processes"), patterns),
                () -> {});
    }

    /** Figures about some processes: all that the model knows of them. */
    static void stats(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        long number = number(round, dice);
        ModelProcess process = round.model.processes.get(number);
        List<String> words = List.of("stats", "" + number);
        if (process == null || process.forgotten) {
            round.ask(dice, speaker, Expected.refused("cannot stats " + number, "no process"), words, () -> {});
            return;
        }
        Expected.Answer answer = round.answer(dice, speaker, words, () -> {});
        String told = answer.text().replaceAll(" room=\\d+", "");
        Expected.ok(process.name + process.figures()).demand(new Expected.Answer(answer.ok(), told));
    }
}

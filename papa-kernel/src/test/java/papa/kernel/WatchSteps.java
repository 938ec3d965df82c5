package papa.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import papa.wire.Frame.Channel;

/** Steps of a random round: papa's watch, one batch of it, acknowledged or not. */
final class WatchSteps {
    private WatchSteps() {}

    static void watch(RandomRound round, Dice dice, Speaker speaker, int number) throws Exception {
        round.settle();
        List<String> patterns = ValueSteps.patterns(dice, ProcessSteps.PATTERNS);
        List<String> words = ValueSteps.words(List.of("watch", "processes"), patterns);
        Optional<String> unknown = patterns.stream()
                .filter(each -> ModelKernel.isExact(each) && round.latest(each) == null)
                .findFirst();
        List<ModelProcess> watched = patterns.isEmpty()
                ? List.of()
                : round.model.named(patterns).stream()
                        .filter(round.model::isLatest)
                        .toList();
        if (!(speaker instanceof PromptSpeaker prompt)) {
            Expected refused = Expected.refused("cannot watch on a framed connection");
            round.ask(dice, speaker, refused, words, () -> {});
        } else if (unknown.isPresent()) {
            round.ask(dice, speaker, Expected.refused(unknown.get() + " not found"), words, () -> {});
        } else if (watched.isEmpty()) {
            round.ask(dice, speaker, Expected.refused("Nothing to watch"), words, () -> {});
        } else {
            prompt.say(words);
            round.tell("  " + prompt.mode() + " " + words);
            if (dice.onceIn(4)) {
                round.handOver();
                round.tell("  (another kernel goes on)");
            }
            demand("Watching " + watched.size() + "\n", prompt.person.readTo("\n"));
            batch(round, dice, prompt, watched, number);
        }
    }

    private static void demand(String wanted, String told) {
        if (!told.equals(wanted)) {
            throw new Expected.Disagreement("the model says: " + wanted + ", the kernel: " + told);
        }
    }

    private static boolean hasNews(ModelProcess process) {
        return process.held() > 0 || process.ended;
    }

    private static void batch(
            RandomRound round, Dice dice, PromptSpeaker prompt, List<ModelProcess> watched, int number)
            throws Exception {
        boolean news = watched.stream().anyMatch(WatchSteps::hasNews);
        if (news) {
            compare(prompt, watched);
        }
        if (dice.onceIn(4)) {
            round.handOver();
            round.tell("  (another kernel goes on)");
        }
        if (dice.onceIn(5)) {
            round.tell("  and goes without a word");
            round.drop(number); // nothing is acknowledged
            return;
        }
        prompt.person.say("q");
        boolean allClosed = news && watched.stream().allMatch(each -> each.ended);
        if (news) {
            acknowledge(round, watched);
        }
        demand((allClosed ? "Nothing left to watch" : "Stopped watching") + "\n> ", prompt.person.readTo("\n> "));
    }

    private static void acknowledge(RandomRound round, List<ModelProcess> watched) {
        round.tell("  and acknowledges");
        for (ModelProcess each : watched) {
            if (round.model.leases.covering(each.name).isEmpty()) { // else its holder commits
                for (Channel channel : each.streams.keySet()) {
                    round.model.commit(each, channel, each.captured(channel).end());
                }
                if (each.ended) {
                    round.model.release(each);
                }
            }
        }
        round.freed();
    }

    /** One batch: everything that is held of each, and who has ended. */
    private static void compare(PromptSpeaker prompt, List<ModelProcess> watched) throws Exception {
        Map<String, StringBuilder> got = new TreeMap<>();
        List<String> closed = new ArrayList<>();
        Set<String> behindEnd = new HashSet<>();
        while (true) {
            String begin = prompt.person.readBytes(2);
            if (begin.equals("] ")) {
                break;
            }
            String[] header = (begin + prompt.person.readTo("\n")).strip().split(":");
            if (header[0].equals("closed")) {
                closed.add(header[1] + ":" + header[3]);
                behindEnd.add(header[1]);
            } else {
                String text = prompt.person.readBytes(Integer.parseInt(header[3]) + 1);
                got.computeIfAbsent(header[0] + ":" + header[1], each -> new StringBuilder())
                        .append(behindEnd.contains(header[1]) ? "!" : text.substring(0, text.length() - 1));
            }
        }
        Map<String, String> wanted = new TreeMap<>();
        for (ModelProcess each : watched) {
            each.streams.forEach((channel, stream) -> {
                if (stream.held() > 0) {
                    wanted.put(channel.word() + ":" + each.name, stream.text(stream.base, stream.end()));
                }
            });
        }
        Map<String, String> told = new TreeMap<>();
        got.forEach((stream, text) -> told.put(stream, text.toString()));
        demand(wanted.toString(), told.toString());
        List<String> ended = watched.stream()
                .filter(each -> each.ended)
                .map(each -> each.name + ":" + each.exitCode)
                .sorted()
                .toList();
        demand(ended.toString(), closed.stream().sorted().toList().toString());
    }
}

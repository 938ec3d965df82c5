package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import papa.wire.Frame;
import papa.wire.Frame.Channel;

/** Steps of a random round: tails of one stream. */
final class TailSteps {
    /** Where a tail begins, and how that is asked for. */
    private record Beginning(String word, long offset) {
        static Beginning any(Dice dice, ModelStream stream) {
            int count = dice.below(5);
            return switch (dice.below(3)) {
                case 0 -> new Beginning("lines=" + count, stream.lastLines(count));
                case 1 -> new Beginning("bytes=" + count * 9, Math.max(stream.base, stream.end() - count * 9L));
                default -> {
                    long offset = dice.below((int) stream.end() + 2);
                    yield new Beginning("offset=" + offset, offset);
                }
            };
        }
    }

    private TailSteps() {}

    static void tail(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        Optional<ModelProcess> any = ProcessSteps.any(round, dice, false);
        if (any.isEmpty() || any.get().forgotten || any.get().streams.isEmpty() || dice.onceIn(10)) {
            long number =
                    any.filter(each -> each.forgotten).map(each -> each.number).orElse(1_000_000L);
            if (!(speaker instanceof FramedSpeaker framed) || framed.view == null) {
                round.ask(dice, speaker, Expected.refused("cannot tail " + number), "tail", "" + number);
            }
            return;
        }
        ModelProcess process = any.get();
        Map.Entry<Channel, ModelStream> stream = dice.of(List.copyOf(process.streams.entrySet()));
        Beginning beginning = Beginning.any(dice, stream.getValue());
        List<String> words =
                List.of("tail", "" + process.number, stream.getKey().word(), beginning.word);
        if (speaker instanceof PromptSpeaker prompt) {
            told(round, dice, prompt, words, process, stream.getValue(), beginning.offset);
        } else if (speaker instanceof FramedSpeaker framed && framed.view != null) {
            Expected refused = Expected.refused("cannot tail on this connection: it follows or tails already");
            round.ask(dice, speaker, refused, words, () -> {});
        } else if (speaker instanceof FramedSpeaker framed) {
            round.ask(dice, speaker, Expected.ok(""), words, () -> {});
            sent(framed, process, stream.getKey(), stream.getValue(), beginning.offset);
        }
    }

    /** To a person: what is missing in brackets, then the bytes as they are. */
    private static void told(
            RandomRound round,
            Dice dice,
            PromptSpeaker prompt,
            List<String> words,
            ModelProcess process,
            ModelStream stream,
            long offset)
            throws Exception {
        prompt.say(words);
        if (dice.onceIn(10)) {
            round.tell("  (another kernel goes on)");
            round.handOver();
        }
        String told = prompt.person.readTo("> ");
        round.tell("  " + prompt.mode() + " " + words + " -> " + told);
        if (offset < stream.base) {
            String gap = "[" + (stream.base - offset) + " bytes of " + process.name;
            if (!told.startsWith(gap)) {
                throw new Expected.Disagreement("the model says " + gap + "…, the kernel: " + told);
            }
            told = told.substring(told.indexOf("]\n") + 2);
        }
        String text = text(stream, offset);
        demandSame(text + lineEnd(text) + "> ", told);
    }

    private static String text(ModelStream stream, long offset) {
        return stream.text(Math.min(stream.end(), Math.max(stream.base, offset)), stream.end());
    }

    private static String lineEnd(String text) {
        return text.isEmpty() || text.endsWith("\n") ? "" : "\n";
    }

    private static void demandSame(String wanted, String told) {
        if (!told.equals(wanted)) {
            throw new Expected.Disagreement("the model says:\n" + wanted + "\nthe kernel:\n" + told);
        }
    }

    /** To a program: frames. */
    private static void sent(
            FramedSpeaker framed, ModelProcess process, Channel channel, ModelStream stream, long offset) {
        StringBuilder kinds = new StringBuilder();
        StringBuilder bytes = new StringBuilder();
        long at = offset;
        for (Object each : framed.arrived) {
            if (each instanceof Frame.Data data) {
                String text = StandardCharsets.ISO_8859_1.decode(data.bytes()).toString();
                boolean right =
                        data.channel() == channel && data.offset() == at && data.incarnation() == process.number;
                bytes.append(right ? text : "!");
                at += text.length();
            } else if (each instanceof Frame.Gap gap) {
                kinds.append("gap to ").append(gap.offset() + gap.bytes()).append(' ');
                at = gap.offset() + gap.bytes();
            } else if (each instanceof Frame.Exit exit) {
                kinds.append("exit ").append(exit.code()).append(' ');
            } else if (each instanceof Frame frame) {
                kinds.append(frame.getClass().getSimpleName()).append(' ');
            }
        }
        framed.arrived.clear();
        String gap = offset < stream.base ? "gap to " + stream.base + " " : "";
        demandSame("Announced " + gap + (process.ended ? "exit " + process.exitCode + " End " : ""), kinds.toString());
        demandSame(text(stream, offset), bytes.toString());
    }

    /** Goes on with what is written, over other kernels, until it is stopped. */
    static void follow(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        List<ModelProcess> running = new ArrayList<>(round.model.processes.values());
        running.removeIf(each -> each.ended || each.forgotten || each.isNarrow() || each.streams.isEmpty());
        if (running.isEmpty() || !(speaker instanceof PromptSpeaker prompt)) {
            return;
        }
        ModelProcess process = dice.of(running);
        Channel channel = dice.of(List.copyOf(process.streams.keySet()));
        ModelStream stream = process.captured(channel);
        int lines = dice.below(4);
        long at = stream.lastLines(lines);
        prompt.say(List.of("tail", "" + process.number, channel.word(), "lines=" + lines, "follow=1"));
        round.tell("  " + prompt.mode() + " tails " + process + " " + channel + " from " + at);
        String last = stream.text(at, stream.end());
        demandSame(last, prompt.person.readBytes(last.length()));
        RandomRound.await(() -> round.observe("stats").contains(" tails=1 "), "the tail to begin");
        round.observe("stats"); // it has looked for its beginning before this one
        for (int i = dice.below(4); i > 0; i--) {
            if (dice.onceIn(3)) {
                round.handOver();
                round.tell("  (another kernel goes on)");
            }
            long from = stream.end();
            ProcessSteps.write(round, process, channel, dice.text(1 + dice.below(2000)));
            String more = stream.text(from, stream.end());
            demandSame(more, prompt.person.readBytes(more.length()));
            last = more;
        }
        prompt.person.say(dice.of("", "q"));
        demandSame(lineEnd(last) + "> ", prompt.person.readTo("> "));
    }
}

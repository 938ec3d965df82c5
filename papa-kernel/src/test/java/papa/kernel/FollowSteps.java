package papa.kernel;

import java.util.List;
import papa.wire.Frame.Channel;

/** Steps of a random round: following, on framed connections. What comes of it is for {@link FollowView} to judge. */
final class FollowSteps {
    private FollowSteps() {}

    static void follow(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        round.settle();
        boolean output = !dice.onceIn(4);
        List<String> patterns = ValueSteps.patterns(dice, List.of("a.*", "b.*", "*", "narrow", "p"));
        List<String> words = ValueSteps.words(List.of("follow", output ? "output" : "events"), patterns);
        if (!(speaker instanceof FramedSpeaker framed)) {
            Expected refused = Expected.refused("cannot follow on a connection with prompts");
            round.ask(dice, speaker, refused, words, () -> {});
        } else if (framed.view != null) {
            Expected refused = Expected.refused("cannot follow: this connection follows or tails already");
            round.ask(dice, speaker, refused, words, () -> {});
        } else {
            framed.view = new FollowView(round.model, output, patterns);
            round.ask(dice, speaker, Expected.ok(""), words, () -> {});
            round.settle();
        }
    }

    /** More often than not one that follows. */
    private static Speaker asker(RandomRound round, Dice dice, Speaker speaker) {
        return round.followers().isEmpty() || dice.onceIn(5) ? speaker : dice.of(round.followers());
    }

    static void pause(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        if (asker(round, dice, speaker) instanceof FramedSpeaker framed) {
            round.settle();
            long number = ProcessSteps.number(round, dice);
            Channel channel = dice.of(Channel.values());
            String stream = number + "." + channel.word();
            FollowView view = framed.view;
            if (view == null) {
                Expected refused = Expected.refused("cannot pause: this connection follows nothing");
                round.ask(dice, framed, refused, "follow", "pause", stream);
            } else {
                round.ask(
                        dice,
                        framed,
                        Expected.ok(""),
                        List.of("follow", "pause", stream),
                        () -> view.pause(number, channel));
            }
        }
    }

    static void resume(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        if (asker(round, dice, speaker) instanceof FramedSpeaker framed) {
            round.settle();
            long number = ProcessSteps.number(round, dice);
            Channel channel = dice.of(Channel.values());
            ModelProcess process = round.model.processes.get(number);
            ModelStream stream = process == null ? null : process.stream(channel);
            long end = stream == null ? 5 : stream.end();
            long offset = dice.onceIn(10) ? end + 10 : dice.below((int) end + 1);
            FollowView view = framed.view;
            String word = number + "." + channel.word() + "=" + offset;
            if (view == null) {
                Expected refused = Expected.refused("cannot resume: this connection follows nothing");
                round.ask(dice, framed, refused, "follow", "resume", word);
            } else if (dice.onceIn(8)) {
                String wrong = number + "." + channel.word() + "=-1";
                Expected refused = Expected.refused("cannot resume " + wrong, "below 0");
                round.ask(dice, framed, refused, "follow", "resume", wrong);
            } else {
                view.willResume(number, channel, offset);
                round.ask(
                        dice,
                        framed,
                        Expected.ok(""),
                        List.of("follow", "resume", word),
                        () -> view.resume(number, channel, offset));
            }
        }
    }
}

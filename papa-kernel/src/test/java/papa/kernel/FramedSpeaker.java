package papa.kernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame;

/** A framed connection. What it is sent besides answers is kept in its order, with the answers that mean something to it. */
final class FramedSpeaker implements Speaker {
    private final KernelChannel channel;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** Frames to be looked at, and what is to be done between them. */
    final List<Object> arrived = new ArrayList<>();

    /** The sockets of which it is to be told, once, that somebody has connected. */
    final Set<String> knocks = new HashSet<>();

    /** What it follows. */
    @Nullable
    FollowView view;

    private static final class Waiting implements ReplyListener {
        private final Runnable ifOk;
        private Expected.@Nullable Answer answer;

        private Waiting(Runnable ifOk) {
            this.ifOk = ifOk;
        }

        @Override
        public void ok(String text) {
            answer = new Expected.Answer(true, text);
            ifOk.run();
        }

        @Override
        public void failed(String reason) {
            answer = new Expected.Answer(false, reason);
        }
    }

    FramedSpeaker(Path socket) throws PapaException {
        channel = KernelChannel.open(socket, this::arrived);
    }

    private void arrived(Frame frame) {
        if (frame instanceof Frame.Knock knock) {
            if (!knocks.remove(knock.name())) {
                arrived.add(new Expected.Disagreement("nobody asked for, or it was told already: " + knock));
            }
        } else {
            arrived.add(frame);
        }
    }

    @Override
    public Mode mode() {
        return Mode.FRAMED;
    }

    @Override
    public void say(List<String> words) throws PapaException {
        say(words, () -> {});
    }

    /** @param between done between the frames before an answer that is no refusal, and those behind it */
    void say(List<String> words, Runnable between) throws PapaException {
        Waiting asked = new Waiting(() -> arrived.add(between));
        waiting.add(asked);
        channel.request(words, asked);
        channel.flush();
    }

    @Override
    public Expected.Answer answer() throws PapaException {
        Waiting first = waiting.remove();
        long deadline = System.nanoTime() + RunningKernel.LIMIT.toNanos();
        while (first.answer == null) {
            if (System.nanoTime() > deadline) {
                throw new Expected.Disagreement("there is no answer");
            }
            channel.pump(Duration.ofSeconds(1));
        }
        return first.answer;
    }

    /** Takes what has come, after waiting for it a little. */
    void pump() throws PapaException {
        channel.pump(Duration.ofMillis(2));
    }

    @Override
    public void close() {
        channel.close();
    }
}

package circus.manager.output;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import papa.client.FrameListener;
import papa.wire.Frame;

/** Hands the frames of a connection to a book. Runs on circus-output only. */
final class Frames implements FrameListener {
    private static final int HEADER = 64;

    private final Witness witness;
    private @Nullable OutputBook book;
    private long weight;

    /** @param witness sees each frame that the book gets */
    Frames(Witness witness) {
        this.witness = witness;
    }

    /** From now on; null to ignore what comes. */
    void deliverTo(@Nullable OutputBook receiver) {
        book = receiver;
    }

    /** Grows with each frame, by about as many bytes as it took on the way. */
    long weight() {
        return weight;
    }

    @Override
    public void frame(Frame frame) {
        weight += HEADER;
        OutputBook receiver = book;
        if (receiver == null) {
            return;
        }
        witness.frame(frame);
        if (frame instanceof Frame.Data data) {
            ByteBuffer chunk = data.bytes();
            weight += chunk.remaining();
            int from = chunk.arrayOffset() + chunk.position();
            receiver.data(
                    data.incarnation(),
                    data.channel(),
                    data.offset(),
                    data.timeMicros(),
                    chunk.array(),
                    from,
                    from + chunk.remaining());
        } else if (frame instanceof Frame.Announced announced) {
            receiver.announced(announced.incarnation(), announced.pid(), announced.name());
        } else if (frame instanceof Frame.Gap gap) {
            receiver.gap(
                    gap.incarnation(), gap.channel(), gap.offset(), gap.bytes(), gap.firstMicros(), gap.lastMicros());
        } else if (frame instanceof Frame.End end) {
            receiver.ended(end.incarnation());
        }
        // How a process ended is the watcher's affair.
    }
}

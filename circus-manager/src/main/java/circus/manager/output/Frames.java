package circus.manager.output;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import papa.client.FrameListener;
import papa.wire.Frame;

/** Hands the frames of a connection to a book. Runs on circus-output only. */
final class Frames implements FrameListener {
    private @Nullable OutputBook book;
    private long count;
    private long bytes;

    /** From now on; null to ignore what comes. */
    void deliverTo(@Nullable OutputBook receiver) {
        book = receiver;
    }

    /** How many have come. */
    long count() {
        return count;
    }

    /** How much output has come. */
    long bytes() {
        return bytes;
    }

    @Override
    public void frame(Frame frame) {
        count++;
        OutputBook receiver = book;
        if (receiver == null) {
            return;
        }
        if (frame instanceof Frame.Data data) {
            ByteBuffer chunk = data.bytes();
            bytes += chunk.remaining();
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

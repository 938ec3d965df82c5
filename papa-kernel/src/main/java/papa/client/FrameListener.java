package papa.client;

import papa.wire.Frame;

/** Receives the frames of {@code follow}, in order, on the thread that owns the channel. It must not throw. */
public interface FrameListener {
    void frame(Frame frame);
}

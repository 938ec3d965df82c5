package circus.manager.output;

import papa.wire.Frame;

/** Sees what the kernel sends to the output path, whatever becomes of it there. Called on circus-output only; must not wait for anybody. */
public interface Witness {
    /** Nobody looks. */
    Witness NOBODY = new Witness() {
        @Override
        public void begin(String instance) {}

        @Override
        public void frame(Frame frame) {}

        @Override
        public void settle() {}

        @Override
        public void end() {}

        @Override
        public long nextDeadlineNanos() {
            return Long.MAX_VALUE;
        }
    };

    /**
     * Before the first frame.
     *
     * @param instance of the kernel: incarnations and offsets hold within it
     */
    void begin(String instance);

    /** Must not consume the bytes of the frame. */
    void frame(Frame frame);

    /** The end of a batch. What was seen so far may be committed now, so that the kernel sends it to nobody else. */
    void settle();

    /** No more frames come. */
    void end();

    /** When {@link #settle} is to be called although no frame came, as {@link System#nanoTime} tells it. */
    long nextDeadlineNanos();
}

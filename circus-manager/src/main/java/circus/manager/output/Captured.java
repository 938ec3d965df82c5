package circus.manager.output;

/** What workers said, as far as somebody still has it. */
interface Captured {
    /** In place of a time: nobody knows. */
    long UNKNOWN = -1;

    /** Nobody has anything. */
    Captured NOTHING = new Captured() {
        @Override
        public boolean mayBe(StreamId stream, long offset, byte[] bytes, int from, int to) {
            return true;
        }

        @Override
        public byte[] bytes(StreamId stream, long from, long to) {
            return new byte[0];
        }

        @Override
        public long microsAt(StreamId stream, long offset) {
            return UNKNOWN;
        }
    };

    /** Whether these bytes may be what the stream has at this offset: unknown bytes may be anything. */
    boolean mayBe(StreamId stream, long offset, byte[] bytes, int from, int to);

    /** What is known from one offset on, without a hole, and no further than the other. */
    byte[] bytes(StreamId stream, long from, long to);

    /** When the byte at this offset was captured, in microseconds since 1970, or {@link #UNKNOWN}. */
    long microsAt(StreamId stream, long offset);
}

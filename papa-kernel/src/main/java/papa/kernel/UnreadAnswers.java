package papa.kernel;

/** Bytes of answers that wait in the heap for all connections together. Loop thread only. */
final class UnreadAnswers {
    private long bytes;

    void add(long count) {
        bytes += count;
    }

    long bytes() {
        return bytes;
    }
}

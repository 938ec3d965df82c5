package papa.kernel;

/**
 * Where a tail begins.
 *
 * @param amount lines, bytes, an offset, or microseconds since 1970
 */
record TailStart(Unit unit, long amount) {
    enum Unit {
        /** So many of the last lines of each process. */
        LINES,
        /** So many of the last bytes of each process. */
        BYTES,
        /** At this place in each stream. */
        OFFSET,
        /** With what was captured then or later. */
        SINCE
    }
}

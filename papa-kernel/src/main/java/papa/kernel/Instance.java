package papa.kernel;

import papa.loop.Micros;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * Which kernel this is, of all that there ever were. It stays the same when another program takes over. In a state:
 *
 * <pre>
 *   instance  word=      see below
 *             started=   see below
 * </pre>
 *
 * @param word drawn by lot when it began
 * @param startedMicros when it began to serve
 */
record Instance(String word, long startedMicros) {
    static final String KIND = "instance";

    /** One that begins now. */
    static Instance now(String word) {
        return new Instance(word, Micros.now());
    }

    void save(StateWriter out) {
        out.line(KIND).put("word", word).put("started", startedMicros).end();
    }

    static Instance restore(StateLine line) throws StateException {
        return new Instance(line.text("word"), line.number("started", 0, Long.MAX_VALUE));
    }
}

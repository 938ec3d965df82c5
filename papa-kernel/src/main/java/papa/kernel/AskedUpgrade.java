package papa.kernel;

import papa.loop.Log;
import papa.loop.Micros;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * The request because of which one program takes the place of another. It is the new one that answers. In a state:
 *
 * <pre>
 *   asked  session=, tag=  who waits for the answer ({@link OwedReply})
 *          from=           the version of the program that was asked
 *          to=             what it was asked for, for people
 *          quiet=          since when no request has been read; microseconds since 1970
 * </pre>
 *
 * To be written behind the connections.
 */
final class AskedUpgrade {
    static final String KIND = "asked";

    private final Reply reply;
    private final String from;
    private final String to;
    private final long quietMicros;

    private AskedUpgrade(Reply reply, String from, String to, long quietMicros) {
        this.reply = reply;
        this.from = from;
        this.to = to;
        this.quietMicros = quietMicros;
    }

    static void save(StateWriter out, Reply reply, String to, long quietMicros) {
        StateWriter.Line line = out.line(KIND);
        OwedReply.save(line, reply);
        line.put("from", Server.VERSION).put("to", to).put("quiet", quietMicros).end();
    }

    static AskedUpgrade restore(StateLine line, Server server) throws StateException {
        return new AskedUpgrade(
                OwedReply.restore(line, server),
                line.text("from"),
                line.text("to"),
                line.number("quiet", 0, Long.MAX_VALUE));
    }

    /** How long no request has been read; milliseconds. */
    long gapMillis() {
        return (Micros.now() - quietMicros) / 1000;
    }

    /**
     * @param failed why another program could not take over and this one goes on; empty if it could
     * @param upgrades how often one has, this time included
     * @param gapMillis {@link #gapMillis}
     */
    void answer(String failed, int upgrades, long gapMillis) {
        if (failed.isEmpty()) {
            String told = "papa " + Server.VERSION + " has taken the place of papa " + from + " after " + gapMillis
                    + " ms, from " + to + "; upgrades=" + upgrades;
            Log.info(Words.text(told));
            reply.ok("replaced: " + told + "\n");
        } else {
            Refusal refusal = new Refusal("cannot upgrade to " + to + ": the new program gave the process back after "
                    + gapMillis + " ms: " + failed + "; nothing has changed");
            Log.info(Words.text(refusal.getMessage() + ""));
            reply.refused(refusal);
        }
    }
}

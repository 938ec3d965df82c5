package papa.kernel;

import java.util.List;
import papa.loop.Log;
import papa.request.Refusal;
import papa.request.Reply;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * What one connection's lines mean, and how many answers it waits for.
 *
 * <pre>
 *   PAPA ── hello ─► QUOTED            one request at a time, each answer ends with the prompt
 *     └─ hello framed ─► FRAMED        requests carry tags; answers and frames carry lengths
 *   any of the first two ── watch ─► (a Watch has the connection) ── q, or all closed ─► back
 * </pre>
 *
 * Loop thread only.
 */
final class Dialogue {
    enum Mode {
        PAPA,
        QUOTED,
        FRAMED
    }

    private final Session session;
    private final Requests requests;
    private final Outbox outbox;
    private final Reading reading;
    private Mode mode = Mode.PAPA;
    private boolean busy;
    private int unanswered;

    /** @param outbox of the session */
    Dialogue(Session session, Requests requests, Outbox outbox, Reading reading) {
        this.session = session;
        this.requests = requests;
        this.outbox = outbox;
        this.reading = reading;
    }

    Mode mode() {
        return mode;
    }

    void speak(Mode spoken) {
        mode = spoken;
    }

    boolean isExtended() {
        return mode != Mode.PAPA;
    }

    boolean isFramed() {
        return mode == Mode.FRAMED;
    }

    /** Whether the next request has to wait for an answer. */
    boolean isBusy() {
        return busy;
    }

    /** How many answers it waits for; that of a tail with prompts which follows is none, as the client may go on. */
    int owed() {
        return unanswered + (busy ? 1 : 0);
    }

    /** The same, without that of a tail. */
    int owedBesidesTail() {
        boolean counts = reading.tail() != null && (isFramed() || !reading.tailFollows());
        return owed() - (counts ? 1 : 0);
    }

    /** A line of the client, without its end. */
    void take(String raw) {
        String text = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        Watch watching = reading.watch();
        if (watching != null) {
            watching.acknowledge(text).ifPresent(session::endWatch);
        } else if (isFramed()) {
            takeFramed(text);
        } else {
            takePrompted(text.strip());
        }
    }

    private void takePrompted(String text) {
        Tail tail = reading.tail();
        if (tail != null) {
            session.endTail(tail.lastWords());
            if (text.isEmpty() || text.equalsIgnoreCase("q")) {
                return;
            }
        }
        run(text, owe(""));
    }

    private void takeFramed(String text) {
        int blank = text.indexOf(' ');
        String tag = blank < 0 ? text : text.substring(0, blank);
        if (Words.isTag(tag)) {
            run(blank < 0 ? "" : text.substring(blank + 1), owe(tag));
        } else {
            session.close("it sent a request without a tag");
        }
    }

    private void run(String text, Reply reply) {
        try {
            List<String> words = isExtended() ? Words.splitQuoted(text) : Words.splitPapa(text);
            requests.run(session, words, reply);
        } catch (WordsException unreadable) {
            reply.refused(new Refusal(unreadable.getMessage() + ""));
        } catch (Refusal refusal) {
            reply.refused(refusal);
        } catch (RuntimeException fault) {
            Log.fault("a request failed", fault);
            reply.refused(new Refusal("cannot do that: a fault in papa (" + fault + "); its log tells where"));
        }
    }

    /** The answer to a request, from now on waited for. */
    Reply owe(String tag) {
        if (isFramed()) {
            unanswered++;
            return new FramedReply(session, outbox, tag);
        }
        busy = true;
        return new PromptReply(session);
    }

    /** A request with a tag has got its answer. */
    void answered() {
        unanswered--;
    }

    /** With prompts: the next request may come. */
    void goOn() {
        busy = false;
    }
}

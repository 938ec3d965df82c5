package papa.kernel;

import java.nio.ByteBuffer;
import papa.request.Refusal;
import papa.wire.FrameEncoder;

/** The answer of a framed session to the request with one tag. Loop thread only. */
final class FramedReply implements OwedReply {
    private final Session session;
    private final Outbox outbox;
    private final String tag;

    /** @param outbox of the session */
    FramedReply(Session session, Outbox outbox, String tag) {
        this.session = session;
        this.outbox = outbox;
        this.tag = tag;
    }

    @Override
    public Session session() {
        return session;
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public void ok(String text) {
        if (Outbox.isTooMuch(text)) {
            refused(Outbox.tooMuch(text));
        } else {
            answer(true, text);
        }
    }

    @Override
    public void refused(Refusal refusal) {
        answer(false, "" + refusal.getMessage());
    }

    private void answer(boolean ok, String text) {
        if (!session.isClosed()) {
            ByteBuffer header = outbox.header();
            FrameEncoder.reply(header, ok, tag, text.length());
            outbox.add(header);
            outbox.add(text);
            outbox.add("\n");
            session.answered();
        }
    }
}

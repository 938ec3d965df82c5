package papa.kernel;

import papa.launch.LaunchFailure;
import papa.request.Refusal;

/** The answer of a session with prompts. Loop thread only. */
final class PromptReply implements OwedReply {
    private final Session session;

    PromptReply(Session session) {
        this.session = session;
    }

    @Override
    public Session session() {
        return session;
    }

    @Override
    public String tag() {
        return "";
    }

    @Override
    public void ok(String text) {
        if (Outbox.isTooMuch(text)) {
            refused(Outbox.tooMuch(text));
        } else {
            session.answer(text, text.endsWith("\n") ? "> " : "\n> ");
        }
    }

    @Override
    public void refused(Refusal refusal) {
        boolean asPapa = !session.isExtended() && refusal instanceof LaunchFailure;
        String text = asPapa ? ((LaunchFailure) refusal).inPapasWords() : "" + refusal.getMessage();
        session.answer("Error: " + text, "\n> ");
    }
}

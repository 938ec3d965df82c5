package papa.kernel;

import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * An answer that a connection waits for. Another program may give it: in a state it is part of the line of whatever it
 * is about,
 *
 * <pre>
 *   session   the descriptor of the connection, -1 if it has ended
 *   tag       that of the request; empty where there are prompts
 * </pre>
 *
 * That its connection is owed something ({@link Dialogue}) follows from it. Loop thread only.
 */
interface OwedReply extends Reply {
    Session session();

    /** Of the request; empty where there are prompts. */
    String tag();

    /** @param reply one that a session made */
    static void save(StateWriter.Line line, Reply reply) {
        if (reply instanceof OwedReply owed && !owed.session().isClosed()) {
            line.put("session", owed.session().descriptor()).put("tag", owed.tag());
        } else {
            line.put("session", -1).put("tag", "");
        }
    }

    /** The connections are restored already. */
    static Reply restore(StateLine line, Server server) throws StateException {
        if (line.number("session", -1, Integer.MAX_VALUE) < 0) {
            return new Nobodys();
        }
        Session session = server.session(line);
        String tag = line.text("tag");
        if (session.isFramed() != Words.isTag(tag)) {
            throw line.wrong("tag=" + tag + " is none that its connection could have sent");
        }
        return session.dialogue.owe(tag);
    }

    /** Who asked has gone. */
    final class Nobodys implements Reply {
        @Override
        public void ok(String text) {}

        @Override
        public void refused(Refusal refusal) {}
    }
}

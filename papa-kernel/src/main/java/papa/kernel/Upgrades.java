package papa.kernel;

import java.util.List;
import papa.request.Refusal;
import papa.request.Reply;

/** Takes requests to put another program in the place of this one. Loop thread only. */
interface Upgrades {
    /** A kernel that is a part of another program. */
    Upgrades NONE = (session, words, reply) -> {
        throw new Refusal("cannot upgrade: this papa is no program of its own");
    };

    /** @param words behind the verb */
    void ask(Session session, List<String> words, Reply reply) throws Refusal;
}

package papa.kernel;

import java.util.List;
import papa.request.Refusal;
import papa.request.Reply;

/** Takes requests to put another program in the place of this one. Loop thread only. */
interface Upgrades {
    /** A kernel that is a part of another program. */
    Upgrades NONE = new Upgrades() {
        @Override
        public void ask(Session session, List<String> words, Reply reply) throws Refusal {
            throw new Refusal("cannot upgrade: this papa is no program of its own");
        }

        @Override
        public int count() {
            return 0;
        }

        @Override
        public long longestGap() {
            return 0;
        }
    };

    /** @param words behind the verb */
    void ask(Session session, List<String> words, Reply reply) throws Refusal;

    /** How often one program has taken the place of another since the kernel began. */
    int count();

    /** How long clients waited at the longest while one did; milliseconds. */
    long longestGap();
}

package papa.kernel;

import java.util.Set;
import java.util.TreeSet;

/** Who may connect: the kernel's own user, root, and those that --allow-uid names. The same for every kind of socket. */
record Guard(int own, Set<Integer> others) {
    /** The answer where a peer's uid is not known; nobody has it (credentials(7)). */
    static final int UNKNOWN = -1;

    Guard {
        others = Set.copyOf(others);
    }

    boolean admits(int uid) {
        return uid != UNKNOWN && (uid == own || uid == 0 || others.contains(uid));
    }

    /** Whether anybody but the kernel's own user and root may come: then the socket's file must let them. */
    boolean isOpen() {
        return !others.isEmpty();
    }

    /** Why somebody was turned away. */
    String refusal(int uid) {
        if (uid == UNKNOWN) {
            return "cannot let you in: whose this connection is cannot be told; stay connected until the greeting comes";
        }
        StringBuilder who = new StringBuilder("only root and uid " + own);
        new TreeSet<>(others).forEach(each -> who.append(", ").append(each));
        return "cannot let uid " + uid + " in: " + who + " may (papa --allow-uid " + uid + " lets it)";
    }
}

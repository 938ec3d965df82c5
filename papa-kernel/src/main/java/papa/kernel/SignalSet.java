package papa.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which processes a signal is for, seen from one that the kernel started. */
enum SignalSet {
    /** Itself. */
    PROCESS,
    /** The process group that it leads; those of its descendants that made one of their own are not in it. */
    GROUP,
    /** The children that it has when it is asked for. */
    CHILDREN,
    /** Itself and all that descends from it, adopted or not. */
    TREE,
    /** What the kernel has adopted of it, and all that descends from that. */
    LEFTOVERS,
    /** All in its cgroup. */
    CGROUP;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them, for people. */
    static String words() {
        return Arrays.stream(values()).map(SignalSet::word).collect(Collectors.joining(", "));
    }

    /** The set that a word names; words are not abbreviated. */
    static Optional<SignalSet> find(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}

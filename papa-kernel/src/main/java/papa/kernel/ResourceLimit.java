package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One limit of a process (getrlimit(2)), as {@code rlimit.NAME=} asks for it.
 *
 * @param soft what counts, or -1 for infinity
 * @param hard how far the process itself may raise it, or -1 for infinity
 */
record ResourceLimit(Kind kind, long soft, long hard) {
    /** All that Linux has, by their numbers there. */
    enum Kind {
        CPU(0),
        FSIZE(1),
        DATA(2),
        STACK(3),
        CORE(4),
        RSS(5),
        NPROC(6),
        NOFILE(7),
        MEMLOCK(8),
        AS(9),
        LOCKS(10),
        SIGPENDING(11),
        MSGQUEUE(12),
        NICE(13),
        RTPRIO(14),
        RTTIME(15);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final long INFINITY = -1;

    /** From the words behind {@code rlimit.}: {@code N}, {@code infinity}, {@code -1} or {@code SOFT:HARD}. */
    static List<ResourceLimit> parse(Map<String, String> words) throws Refusal {
        List<ResourceLimit> limits = new ArrayList<>(words.size());
        for (Map.Entry<String, String> each : words.entrySet()) {
            ResourceLimit limit = parse(each.getKey(), each.getValue());
            if (limits.stream().anyMatch(other -> other.kind() == limit.kind())) {
                throw new Refusal("cannot set the limit " + limit.kind().word() + " twice");
            }
            limits.add(limit);
        }
        return limits;
    }

    private static ResourceLimit parse(String name, String value) throws Refusal {
        Kind kind = kind(name);
        int colon = value.indexOf(':');
        long soft = number(name, value, colon < 0 ? value : value.substring(0, colon));
        long hard = colon < 0 ? soft : number(name, value, value.substring(colon + 1));
        if (hard != INFINITY && (soft == INFINITY || soft > hard)) {
            throw new Refusal("cannot set the limit " + name + " to " + value + ": the soft one is above the hard one");
        }
        if (kind == Kind.NOFILE && soft == 0) {
            throw new Refusal("cannot set the limit " + name + " to " + value
                    + ": not even standard input could be opened; 1 is the least");
        }
        return new ResourceLimit(kind, soft, hard);
    }

    private static Kind kind(String name) throws Refusal {
        String upper = name.toUpperCase(Locale.ROOT);
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(upper)) {
                return kind;
            }
        }
        if (upper.equals("OFILE")) {
            return Kind.NOFILE; // its name on BSD, which papa takes, too
        }
        throw new Refusal("Unknown rlimit \"" + name + "\"");
    }

    private static long number(String name, String value, String word) throws Refusal {
        if (word.equals("infinity")) {
            return INFINITY;
        }
        try {
            long number = Long.parseLong(word.strip());
            if (number < INFINITY) {
                throw new NumberFormatException();
            }
            return number;
        } catch (NumberFormatException notOne) {
            throw new Refusal("The rlimit value for \"" + name + "\" must be an integer, not \"" + value + "\"");
        }
    }

    /** Its value, as it was asked for. */
    String describe() {
        String softWord = soft == INFINITY ? "infinity" : Long.toString(soft);
        String hardWord = hard == INFINITY ? "infinity" : Long.toString(hard);
        return softWord.equals(hardWord) ? softWord : softWord + ":" + hardWord;
    }
}

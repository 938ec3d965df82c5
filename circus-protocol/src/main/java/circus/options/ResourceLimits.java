package circus.options;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** The resource limits that {@code rlimit_NAME} can set (getrlimit(2)), and their values. Pure functions; any thread. */
public final class ResourceLimits {
    public static final long INFINITY = -1;

    /** BSD's name for {@code nofile}. */
    private static final String OFILE = "ofile";

    private static final String NOFILE = "nofile";

    private static final List<String> NAMES = List.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            NOFILE,
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private ResourceLimits() {}

    /** All of them, in small letters, sorted. */
    public static List<String> names() {
        return NAMES;
    }

    /** The limit that a name means, whatever its case, in small letters. */
    public static String name(String text) throws BadValueException {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.equals(OFILE)) {
            return NOFILE;
        }
        if (!NAMES.contains(name)) {
            throw new BadValueException("'" + text + "' is not a resource limit (" + String.join(", ", NAMES) + ")");
        }
        return name;
    }

    /** The value of the limit {@code name}; {@link #INFINITY} for an empty one, as Circus has it. */
    public static long value(String name, String text) throws BadValueException {
        String word = text.strip();
        if (word.isEmpty() || word.equals("\"\"")) {
            return INFINITY;
        }
        BigInteger number;
        try {
            number = new BigInteger(word);
        } catch (NumberFormatException notOne) {
            throw new BadValueException("'" + text + "' is not an integer");
        }
        boolean fits = number.bitLength() < Long.SIZE && number.longValue() >= INFINITY;
        if (!fits || (name.equals(NOFILE) && number.signum() == 0)) {
            throw new BadValueException("'" + text + "' is not a value of the limit " + name + " (from "
                    + (name.equals(NOFILE) ? 1 : 0) + " on, or nothing for no limit)");
        }
        return number.longValue();
    }
}

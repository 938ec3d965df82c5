package circus.options;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Signal names and numbers of Linux, in all the spellings that Circus takes: {@code 15}, {@code TERM}, {@code sigterm}, {@code rtmin+2}.
 * Pure functions; any thread.
 */
public final class Signals {
    private static final int FIRST = 1;
    private static final int LAST = 64;
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
    /** Circus looks at the beginning only, so that {@code HUP (reload)} is 1. */
    private static final Pattern NAME = Pattern.compile("^(\\w+)(?:\\+([0-9]{1,3}))?");

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ILL", 4),
            Map.entry("TRAP", 5),
            Map.entry("ABRT", 6),
            Map.entry("IOT", 6),
            Map.entry("BUS", 7),
            Map.entry("FPE", 8),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15),
            Map.entry("STKFLT", 16),
            Map.entry("CHLD", 17),
            Map.entry("CLD", 17),
            Map.entry("CONT", 18),
            Map.entry("STOP", 19),
            Map.entry("TSTP", 20),
            Map.entry("TTIN", 21),
            Map.entry("TTOU", 22),
            Map.entry("URG", 23),
            Map.entry("XCPU", 24),
            Map.entry("XFSZ", 25),
            Map.entry("VTALRM", 26),
            Map.entry("PROF", 27),
            Map.entry("WINCH", 28),
            Map.entry("IO", 29),
            Map.entry("POLL", 29),
            Map.entry("PWR", 30),
            Map.entry("SYS", 31),
            Map.entry("RTMIN", 34),
            Map.entry("RTMAX", 64));

    /** Of signals that are better known by another one. */
    private static final Set<String> OTHER_NAMES = Set.of("IOT", "CLD", "POLL");

    private Signals() {}

    /** The number of a signal. A number is taken as it is when there is such a signal. */
    public static int number(String text) throws BadValueException {
        String stripped = text.strip();
        int signal = NUMBER.matcher(stripped).matches() ? parsed(stripped) : named(stripped);
        if (!exists(signal)) {
            throw new BadValueException(
                    "'" + text + "' is not a signal (a name such as TERM, or " + FIRST + " to " + LAST + ")");
        }
        return signal;
    }

    /** The usual name of a signal, without SIG; empty for those that have none. */
    public static Optional<String> name(int signal) {
        return NUMBERS.entrySet().stream()
                .filter(each -> each.getValue() == signal && !OTHER_NAMES.contains(each.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static boolean exists(int signal) {
        return signal >= FIRST && signal <= LAST;
    }

    private static int parsed(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1; // more digits than any signal has
        }
    }

    private static int named(String text) {
        Matcher parts = NAME.matcher(text);
        if (!parts.find()) {
            return -1;
        }
        String name = parts.group(1).toUpperCase(Locale.ROOT);
        Integer base = NUMBERS.get(name.startsWith("SIG") ? name.substring(3) : name);
        if (base == null) {
            return -1;
        }
        return parts.group(2) == null ? base : base + Integer.parseInt(parts.group(2));
    }
}

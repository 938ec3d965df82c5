package circus.manager.failpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A place at which circusd can be made to die as by {@code kill -9}, for tests of what its successor
 * finds: {@code CIRCUS_FAILPOINT=after-write:3} in the environment ends it when it comes there for the third time.
 * Without that variable a place costs a comparison of two constants. Any thread.
 */
public enum Failpoint {
    /** A commit is about to be sent; the first time, the kernel knows of nothing that this manager has done. */
    BEFORE_COMMIT,

    /** The kernel has committed something, and nobody here has heard of it. */
    COMMITTED,

    /** The kernel has a plan, and nothing of it is written. */
    BEFORE_WRITE,

    /** Half of what was to be appended to a file is there. */
    TORN_WRITE,

    /** A plan is carried out, and its offsets are not committed. */
    AFTER_WRITE,

    /** A rotation has come to one of the files that it gives another name. */
    BEFORE_RENAME,

    /** A rotation has given a file another name. */
    AFTER_RENAME,

    /** What an earlier manager left is settled or about to be, and a part of that is committed. */
    IN_RECOVERY,

    /** The kernel has started a process, and of that nothing is told or written down. */
    AFTER_SPAWN,

    /** The workers of a reload have come up, and the old ones have not been asked to end. */
    IN_RELOAD,

    /** Somebody was asked to end, and may take his time. */
    IN_GRACE,

    /** What a command has changed is about to be written down. */
    BEFORE_RECORD;

    /** The environment variable: {@code NAME} or {@code NAME:COUNT}, counted from 1. */
    public static final String VARIABLE = "CIRCUS_FAILPOINT";

    private static final long MOMENT_NANOS = 100_000_000;

    /** How circusd ends here, so that a test can tell it from other ends. */
    public static final int EXIT_CODE = 86;

    /**
     * The place to die at.
     *
     * @param count the how manieth time, from 1
     */
    record Choice(Failpoint place, int count) {}

    private static final Pattern FORM = Pattern.compile("([a-z-]+)(?::([1-9][0-9]{0,8}))?");

    /** Null, as a rule. Set once, so that the compiler drops what depends on it. */
    private static final @Nullable Choice CHOSEN = chosen();

    /** How often anybody came to the chosen place. */
    private static final AtomicInteger VISITS = new AtomicInteger();

    private static @Nullable Choice chosen() {
        try {
            return chosen(System.getenv());
        } catch (IllegalArgumentException wrong) {
            return null;
        }
    }

    private static @Nullable Choice chosen(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        return text.isEmpty() ? null : parse(text);
    }

    /** @throws IllegalArgumentException if the variable is there and names no place, for the user to read */
    public static void check(Map<String, String> environment) {
        chosen(environment);
    }

    /** @throws IllegalArgumentException if it names no place */
    static Choice parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            String count = matcher.group(2);
            for (Failpoint place : values()) {
                if (place.text().equals(matcher.group(1))) {
                    return new Choice(place, count == null ? 1 : Integer.parseInt(count));
                }
            }
        }
        String places = Arrays.stream(values()).map(Failpoint::text).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("cannot use " + VARIABLE + "=" + text
                + ": it has to be NAME or NAME:COUNT, where NAME is one of " + places);
    }

    /** Its name: {@code after-write}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Ends circusd if this is the place and the time. */
    public void pass() {
        if (isDue()) {
            die();
        }
    }

    /** The same, and other threads have a moment before: what this one has begun, and they finish, is done. */
    public void passSlowly() {
        if (isDue()) {
            LockSupport.parkNanos(MOMENT_NANOS);
            die();
        }
    }

    /** The same for a place where something is to be done before the end, by {@link #die}. */
    public boolean isDue() {
        Choice chosen = CHOSEN;
        return chosen != null && chosen.place == this && VISITS.incrementAndGet() == chosen.count;
    }

    /** Nothing is flushed, closed or told: no shutdown hook runs. */
    public void die() {
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}

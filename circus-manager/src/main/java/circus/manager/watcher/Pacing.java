package circus.manager.watcher;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Slows down what fails again and again, and only that: a worker that ends by itself more than ten times in one second, and a program that
 * cannot be started more than ten times in a row, get one try a second until it goes better. With {@code backoff}, each death that comes
 * quickly is followed by a pause, twice as long as the one before. Everything else starts at once. Runs on circus-loop only.
 */
final class Pacing {
    static final int QUICK_DEATHS = 10;
    static final int QUICK_FAILURES = 10;
    static final Duration WINDOW = Duration.ofSeconds(1);

    /** Signals that a process raises against itself by a fault: ILL, TRAP, ABRT, BUS, FPE, SEGV, PIPE, SYS. The others come from strangers. */
    private static final Set<Integer> FAULTS = Set.of(4, 5, 6, 7, 8, 11, 13, 31);

    /** What is remembered of one worker number. */
    private static final class History {
        private final Deque<Instant> deaths = new ArrayDeque<>();
        private boolean slow;
        private Duration pause = Duration.ZERO;
        private long notBefore;
    }

    private Duration shortestPause = Duration.ZERO;
    private Duration longestPause = Duration.ZERO;
    private final Map<Integer, History> histories = new HashMap<>();
    private int failures;
    private long failedNotBefore;

    /**
     * From now on.
     *
     * @param backoff the pause after the first quick death; zero for none
     * @param most no pause is longer, but for {@code backoff} itself
     */
    void pauses(Duration backoff, Duration most) {
        shortestPause = backoff;
        longestPause = most.compareTo(backoff) < 0 ? backoff : most;
    }

    /**
     * A worker ended that nobody had asked to.
     *
     * @return true when it is slowed from now on, and was not before
     */
    boolean died(int number, Instant started, Instant ended, int code, long now) {
        if (code < 0 && !FAULTS.contains(-code)) {
            return false;
        }
        History history = histories.computeIfAbsent(number, unused -> new History());
        Duration between = Duration.between(started, ended);
        Duration lived = between.isNegative() ? Duration.ZERO : between;
        if (lived.compareTo(longer(WINDOW, history.pause)) >= 0) {
            histories.remove(number);
            return false;
        }
        history.pause = history.pause.isZero() ? shortestPause : shorter(history.pause.multipliedBy(2), longestPause);
        history.notBefore = now + history.pause.toNanos();
        return lived.compareTo(WINDOW) < 0 && slowDown(history, lived, ended, now);
    }

    private static boolean slowDown(History history, Duration lived, Instant ended, long now) {
        history.deaths.add(ended);
        while (Duration.between(history.deaths.element(), ended).compareTo(WINDOW) >= 0) {
            history.deaths.remove();
        }
        boolean already = history.slow;
        history.slow |= history.deaths.size() > QUICK_DEATHS;
        if (history.slow) {
            history.notBefore =
                    Math.max(history.notBefore, now + WINDOW.minus(lived).toNanos());
        }
        return history.slow && !already;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** How long this worker has to wait for its next start because of its last death; zero without {@code backoff}. */
    Duration pause(int number) {
        History history = histories.get(number);
        return history == null ? Duration.ZERO : history.pause;
    }

    /** When this worker may be started, at the earliest. */
    long notBefore(int number) {
        History history = histories.get(number);
        return Math.max(failedNotBefore, history == null ? 0 : history.notBefore);
    }

    /** An attempt to start a worker failed. */
    void failed(long now) {
        failures++;
        failedNotBefore = failures > QUICK_FAILURES ? now + WINDOW.toNanos() : 0;
    }

    /** How many attempts have failed since the last success. */
    int failures() {
        return failures;
    }

    void succeeded() {
        failures = 0;
        failedNotBefore = 0;
    }

    /** Somebody wants it anew: what was is forgotten. */
    void forget() {
        histories.clear();
        succeeded();
    }
}

package circus.plugins;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What Flapping remembers of one watcher, and what follows from another death. Knows no circusd and no clock: moments come as nanoseconds
 * of {@link System#nanoTime}, and, for deaths, as seconds since the epoch too.
 *
 * <pre>
 *   WATCHED ──flapping──► STOPPING ──stopped──► WAITING ──started again, or somebody else sees to it──► WATCHED
 *      └──flapping too often──► ENDING ──stopped──► WATCHED
 * </pre>
 *
 * A stop that does not come, since somebody has cancelled it, leads back to WATCHED as well.
 */
final class FlappingRecord {
    /** With more attempts than this nothing is flapping. */
    static final int MOST_DEATHS = 10_000;

    private static final double NANOS = 1e9;

    /** After so many seconds it is not believed any more that it is being stopped. */
    private static final double STOP_IS_LOST = 60;

    enum State {
        /** Deaths are counted. */
        WATCHED,
        /** To be stopped, and started again. */
        STOPPING,
        /** Stopped, to be started again. */
        WAITING,
        /** To be stopped for good. */
        ENDING
    }

    enum Verdict {
        FINE,
        /** To be stopped, and started again later. */
        RETRY,
        /** To be stopped, and no more. */
        GIVE_UP
    }

    private record Death(double seconds, long nanos) {}

    private final Deque<Death> deaths = new ArrayDeque<>();
    private State state = State.WATCHED;
    private int tries;
    private long decided;
    private long startedAgain;
    private long touched;

    FlappingRecord(long now) {
        decided = now;
        startedAgain = now;
        touched = now;
    }

    /**
     * Goes on where the one before it was.
     *
     * @param next whose state it had
     * @param triesSoFar how often it was started again
     * @param since when it was decided to stop it, where it is to be started again, else when it was started again
     */
    void resume(State next, int triesSoFar, long since) {
        state = next;
        tries = triesSoFar;
        decided = since;
        startedAgain = since;
    }

    State state() {
        return state;
    }

    /** How many deaths are remembered. */
    int deaths() {
        return deaths.size();
    }

    /** How often it was stopped to be started again, without a quiet time in between. */
    int tries() {
        return tries;
    }

    /**
     * A process has ended that was not to end.
     *
     * @param seconds when, by the wall clock
     * @param now when this was heard
     */
    Verdict died(double seconds, long now, FlappingRules rules) {
        touched = now;
        if (state != State.WATCHED) {
            if (seconds(decided, now) <= STOP_IS_LOST) {
                // One of those that were there when it was decided; the stop is under way.
                return Verdict.FINE;
            }
            state = State.WATCHED;
        }
        Death death = new Death(seconds, now);
        deaths.add(death);
        while (deaths.size() > MOST_DEATHS || between(deaths.element(), death) > rules.span()) {
            deaths.remove();
        }
        if (rules.attempts() < 1 || deaths.size() < rules.attempts()) {
            return Verdict.FINE;
        }
        deaths.clear();
        decided = now;
        if (seconds(startedAgain, now) > rules.quiet()) {
            tries = 0;
        }
        if (rules.maxRetry() >= 0 && tries >= rules.maxRetry()) {
            state = State.ENDING;
            return Verdict.GIVE_UP;
        }
        tries++;
        state = State.STOPPING;
        return Verdict.RETRY;
    }

    /** By when they have died, as news may come late; by when that was heard, where the clock was set back in between. */
    private static double between(Death first, Death last) {
        double told = last.seconds() - first.seconds();
        return told >= 0 ? told : seconds(first.nanos(), last.nanos());
    }

    private static double seconds(long from, long to) {
        return (to - from) / NANOS;
    }

    /**
     * It has stopped.
     *
     * @return whether that was our doing
     */
    boolean stopped() {
        deaths.clear();
        switch (state) {
            case STOPPING -> state = State.WAITING;
            case ENDING -> {
                tries = 0;
                state = State.WATCHED;
            }
            case WATCHED, WAITING -> {
                somebodyElse();
                return false;
            }
        }
        return true;
    }

    /** Somebody else sees to it: it is as if nothing had been. */
    void somebodyElse() {
        deaths.clear();
        tries = 0;
        state = State.WATCHED;
    }

    /** It is started again. */
    void retried(long now) {
        deaths.clear();
        touched = now;
        startedAgain = now;
        state = State.WATCHED;
    }

    /** Whether there is nothing left that is worth remembering. */
    boolean isForgettable(long now, FlappingRules rules) {
        return state == State.WATCHED && seconds(touched, now) > rules.quiet();
    }
}

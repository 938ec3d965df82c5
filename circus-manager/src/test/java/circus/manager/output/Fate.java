package circus.manager.output;

import java.util.Random;

/** Decides when the manager dies: at the n-th thing that it does to the world. */
final class Fate {
    private final Random random;
    private long count;
    private long deadly = Long.MAX_VALUE;

    Fate(Random random) {
        this.random = random;
    }

    /** How many things were done in all lives. */
    long count() {
        return count;
    }

    void dieAt(long number) {
        deadly = number;
    }

    void liveForEver() {
        deadly = Long.MAX_VALUE;
    }

    /** Before and after each thing. */
    void pass(String where) {
        if (++count >= deadly) {
            throw new Killed(where);
        }
    }

    /** Of something that can be half done: how much of it. */
    int torn(int whole) {
        if (++count < deadly) {
            return whole;
        }
        return random.nextInt(whole + 1);
    }

    boolean isDue() {
        return count >= deadly;
    }
}

package papa.kernel;

import java.util.List;
import java.util.Random;

/** Random choices; the same again from the same seed. */
final class Dice {
    private final Random random;

    Dice(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Once in so many times. */
    boolean onceIn(int times) {
        return below(times) == 0;
    }

    long number() {
        return random.nextLong();
    }

    <T> T of(List<T> all) {
        return all.get(below(all.size()));
    }

    @SafeVarargs
    final <T> T of(T... all) {
        return all[below(all.length)];
    }

    /** Letters, and now and then a line feed. */
    String text(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(onceIn(12) ? '\n' : (char) ('a' + below(26)));
        }
        return text.toString();
    }
}

package circus.manager.watcher;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That a worker was sent the signal by which it is to end. It stands on its process as a note, so that the next manager sends no second one,
 * gives it the time that is left, and takes it neither for one that runs nor for one that has died. A value.
 *
 * <p>As text: {@code REASON SIGNAL GRACE ASKED}, the grace in milliseconds, the instant in those since 1970.
 *
 * @param grace how much time it had from then on
 * @param asked by the clock of the machine
 */
public record Notice(ExitReason reason, int signum, Duration grace, Instant asked) {
    /** The name of the note. Since 0.2.0. */
    public static final String KEY = "ending";

    private static final int WORDS = 4;

    String text() {
        return reason + " " + signum + " " + grace.toMillis() + " " + asked.toEpochMilli();
    }

    /** @return empty for no note, and for one that no version of ours wrote */
    public static Optional<Notice> parse(@Nullable String text) {
        String[] words = text == null ? new String[0] : text.split(" ", -1);
        if (words.length != WORDS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Notice(
                    ExitReason.valueOf(words[0]),
                    Integer.parseInt(words[1]),
                    Duration.ofMillis(Long.parseLong(words[2])),
                    Instant.ofEpochMilli(Long.parseLong(words[3]))));
        } catch (IllegalArgumentException ofAnotherVersion) {
            return Optional.empty();
        }
    }

    /** The time that it still has; never more than it was given, whatever was done to the clock meanwhile. */
    Duration left(Instant today) {
        Duration left = grace.minus(Duration.between(asked, today));
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(grace) > 0 ? grace : left;
    }
}

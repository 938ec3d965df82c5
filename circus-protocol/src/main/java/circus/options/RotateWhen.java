package circus.options;

import java.util.Locale;
import java.util.Optional;

/** After what a TimedRotatingFileStream rotates: so many units, or a midnight (contract/streams.md, 8). */
public enum RotateWhen {
    S(1, "yyyyMMddHHmmss", 0),
    M(60, "yyyyMMddHHmm", 0),
    H(3_600, "yyyyMMddHH", 0),
    D(86_400, "yyyyMMdd", 0),
    MIDNIGHT(86_400, "yyyyMMdd", 0),
    W0(604_800, "yyyyMMdd", 1),
    W1(604_800, "yyyyMMdd", 2),
    W2(604_800, "yyyyMMdd", 3),
    W3(604_800, "yyyyMMdd", 4),
    W4(604_800, "yyyyMMdd", 5),
    W5(604_800, "yyyyMMdd", 6),
    W6(604_800, "yyyyMMdd", 7);

    private final int seconds;
    private final String suffix;
    private final int day;

    RotateWhen(int seconds, String suffix, int day) {
        this.seconds = seconds;
        this.suffix = suffix;
        this.day = day;
    }

    /** The length of the unit. */
    public int seconds() {
        return seconds;
    }

    /** What is put behind the name of a rotated file, in the notation of {@link java.time.format.DateTimeFormatter}. */
    public String suffix() {
        return suffix;
    }

    /** The day of the week at whose end it rotates: 1 is Monday, 7 Sunday; none if it is not a day of the week. */
    public Optional<Integer> day() {
        return day == 0 ? Optional.empty() : Optional.of(day);
    }

    /**
     * Reads a value in upper or lower case. The errors are those of Circus.
     *
     * @throws BadValueException if it is none
     */
    public static RotateWhen parse(String text) throws BadValueException {
        String word = text.strip().toUpperCase(Locale.ROOT);
        for (RotateWhen when : values()) {
            if (when.name().equals(word)) {
                return when;
            }
        }
        if (word.startsWith("W") && word.length() == 2) {
            throw new BadValueException("Invalid day specified for weekly rollover: " + text);
        }
        if (word.startsWith("W")) {
            throw new BadValueException(
                    "You must specify a day for weekly rollover from 0 to 6 (0 is Monday): " + text);
        }
        throw new BadValueException("Invalid rollover interval specified: " + text
                + "; it is one of S, M, H, D, MIDNIGHT and W0 (Monday) to W6");
    }
}

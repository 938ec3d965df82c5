package circus.options;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers as Python's {@code int} and {@code float} read them, since that is what existing ini files were written for. Pure functions; any thread. */
final class Numbers {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");
    private static final Pattern OCTAL = Pattern.compile("(0[oO]_?)?[0-7]+(_[0-7]+)*");
    private static final String DIGITS = "[0-9]+(?:_[0-9]+)*";
    private static final Pattern FLOAT = Pattern.compile(
            "[+-]?(?:" + DIGITS + "\\.?(?:" + DIGITS + ")?|\\." + DIGITS + ")(?:[eE][+-]?" + DIGITS + ")?");

    private Numbers() {}

    /** A decimal number; blanks around it, a plus sign and single underscores between digits are fine. */
    static int integer(String text) throws BadValueException {
        String stripped = text.strip();
        if (!INTEGER.matcher(stripped).matches()) {
            throw new BadValueException("'" + text + "' is not an integer");
        }
        return ranged(new BigInteger(stripped.replace("_", "")), text);
    }

    static int integer(String text, int least, int most, String meaning) throws BadValueException {
        int number = integer(text);
        if (number < least || number > most) {
            throw new BadValueException("'" + text + "' is not " + meaning + " (" + least + " to " + most + ")");
        }
        return number;
    }

    /** A file mode mask: octal digits, with or without {@code 0} or {@code 0o} in front. */
    static int mask(String text) throws BadValueException {
        String stripped = text.strip();
        if (OCTAL.matcher(stripped).matches()) {
            BigInteger mask = new BigInteger(stripped.replaceFirst("^0[oO]", "").replace("_", ""), 8);
            if (mask.bitLength() <= 9) {
                return mask.intValueExact();
            }
        }
        throw new BadValueException("'" + text + "' is not an octal mask (000 to 777)");
    }

    /** Seconds that can be waited: finite and not negative. */
    static double seconds(String text) throws BadValueException {
        double seconds = anySeconds(text);
        if (seconds < 0 || Double.isInfinite(seconds)) {
            throw new BadValueException("'" + text + "' is not a number of seconds from 0 on");
        }
        return seconds;
    }

    /** Also below zero. */
    static double anySeconds(String text) throws BadValueException {
        String stripped = text.strip();
        if (!FLOAT.matcher(stripped).matches()) {
            throw new BadValueException("'" + text + "' is not a number of seconds");
        }
        return new BigDecimal(stripped.replace("_", "")).doubleValue();
    }

    static @Nullable Integer integerOrNull(@Nullable Object json) {
        if (json instanceof Integer || json instanceof Long || json instanceof Short || json instanceof BigInteger) {
            long number = json instanceof BigInteger big && big.bitLength() > 63
                    ? Long.MAX_VALUE
                    : ((Number) json).longValue();
            return number == (int) number ? (int) number : null;
        }
        return null;
    }

    static @Nullable Double secondsOrNull(@Nullable Object json) {
        if (json instanceof Number number) {
            double seconds = number.doubleValue();
            return seconds >= 0 && !Double.isInfinite(seconds) ? seconds : null;
        }
        return null;
    }

    static @Nullable Double anySecondsOrNull(@Nullable Object json) {
        return json instanceof Number number && !Double.isInfinite(number.doubleValue()) ? number.doubleValue() : null;
    }

    private static int ranged(BigInteger number, String text) throws BadValueException {
        if (number.bitLength() > 31) {
            throw new BadValueException("'" + text + "' is too large an integer");
        }
        return number.intValueExact();
    }
}

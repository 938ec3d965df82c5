package circus.top;

import java.util.Locale;

/** Numbers as people read them. Pure functions; {@code N/A} for NaN, as the feed has it. */
final class Units {
    static final String NOT_AVAILABLE = "N/A";
    private static final String LETTERS = "BKMGTPEZY";
    private static final int STEP = 1024;

    private Units() {}

    static String fixed(double value, int decimals) {
        return Double.isNaN(value) ? NOT_AVAILABLE : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** {@code 1.60M} as the feed has it, in bytes; NaN for anything else. */
    static double bytes(String text) {
        int last = text.length() - 1;
        int power = last < 1 ? -1 : LETTERS.indexOf(text.charAt(last));
        if (power < 0) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(text.substring(0, last)) * Math.pow(STEP, power);
        } catch (NumberFormatException noNumber) {
            return Double.NaN;
        }
    }

    /** Bytes as the feed writes them: whole bytes, else two decimals and a letter. */
    static String human(double bytes) {
        if (Double.isNaN(bytes)) {
            return NOT_AVAILABLE;
        }
        int power = 0;
        double value = bytes;
        while (value >= STEP && power < LETTERS.length() - 1) {
            value /= STEP;
            power++;
        }
        return fixed(value, power == 0 ? 0 : 2) + LETTERS.charAt(power);
    }

    /** Seconds in at most six letters: {@code 12s}, {@code 5m09s}, {@code 3h05m}, {@code 12d03h}. */
    static String age(double seconds) {
        if (Double.isNaN(seconds)) {
            return NOT_AVAILABLE;
        }
        long whole = (long) Math.max(0, seconds);
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3_600) {
            return pair(whole / 60, "m", whole % 60, "s");
        }
        if (whole < 86_400) {
            return pair(whole / 3_600, "h", whole / 60 % 60, "m");
        }
        return whole < 86_400_000 ? pair(whole / 86_400, "d", whole / 3_600 % 24, "h") : whole / 86_400 + "d";
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small < 10 ? "0" : "") + small + smallUnit;
    }

    /** {@code 1 process}, {@code 2 processes}. */
    static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}

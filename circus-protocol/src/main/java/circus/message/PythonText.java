package circus.message;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as Python prints them. Circus's replies and circusctl's output are made of {@code repr} and {@code str} of Python values, so
 * they are part of the contract. Pure functions; any thread.
 */
public final class PythonText {
    /** Of ten. */
    private static final long[] POWERS = new long[17];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = 10 * POWERS[i - 1];
        }
    }

    private PythonText() {}

    /** Python's {@code str(value)}: a string as it is, everything else as {@link #repr}. */
    public static String str(@Nullable Object value) {
        return value instanceof String text ? text : repr(value);
    }

    /** Python's {@code repr(value)} for what JSON can hold. */
    public static String repr(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private static void repr(@Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("None");
        } else if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof Boolean truth) {
            out.append(truth ? "True" : "False");
        } else if (value instanceof Double || value instanceof Float) {
            out.append(number(((Number) value).doubleValue()));
        } else if (value instanceof Map<?, ?> map) {
            dict(map, out);
        } else if (value instanceof Iterable<?> list) {
            list(list, out);
        } else {
            out.append(value);
        }
    }

    private static void dict(Map<?, ?> map, StringBuilder out) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            repr(entry.getKey(), out);
            out.append(": ");
            repr(entry.getValue(), out);
            separator = ", ";
        }
        out.append('}');
    }

    private static void list(Iterable<?> list, StringBuilder out) {
        out.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
            repr(items.next(), out);
            if (items.hasNext()) {
                out.append(", ");
            }
        }
        out.append(']');
    }

    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                escape(c, out);
            }
        }
        out.append(quote);
    }

    private static void escape(int c, StringBuilder out) {
        String hex = Integer.toHexString(c);
        char kind = c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U';
        int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
        out.append('\\').append(kind).append("0".repeat(digits - hex.length())).append(hex);
    }

    private static boolean isPrintable(int c) {
        if (c < 0x7f) {
            return c >= ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /**
     * Python's repr of a float: the shortest digits that read back as the same value, with an exponent below 1e-4 and from 1e16 on.
     * {@code Double.toString} is not always the shortest before JDK 19, and writes other exponents.
     */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        String sign = value < 0 ? "-" : "";
        double positive = Math.abs(value);
        // Most numbers are times in microseconds. Below 2^32 no double has two decimals of six places: this one is the
        // shortest.
        double micros = Math.rint(positive * 1e6);
        if (positive < 0x1p32 && micros / 1e6 == positive) {
            return sign + decimal(Long.toString((long) micros), 6);
        }
        if (positive >= 1 && positive < 0x1p32) {
            return sign + shortestOfSmall(positive);
        }
        BigDecimal shortest = shortest(positive);
        return sign + decimal(shortest.unscaledValue().toString(), shortest.scale());
    }

    /** @param scale how many of the digits are behind the point */
    private static String decimal(String digits, int scale) {
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        int exponent = digits.length() - scale - 1;
        return exponent < -4 || exponent >= 16
                ? scientific(digits.substring(0, end), exponent)
                : plain(digits.substring(0, end), exponent);
    }

    /**
     * What {@link #shortest} finds, for 1 to 2^32, in whole numbers of up to 107 bits: the value is {@code mantissa / 2^places}, and what is
     * looked for {@code digits / 10^decimals}.
     */
    private static String shortestOfSmall(double value) {
        int places = 52 - Math.getExponent(value); // 21 to 52
        long mantissa = (Double.doubleToRawLongBits(value) & ((1L << 52) - 1)) | 1L << 52;
        int whole = Long.toString((long) value).length();
        for (int precision = 15; ; precision++) {
            int decimals = precision - whole;
            long power = POWERS[decimals];
            long high = Math.multiplyHigh(mantissa, power);
            long low = mantissa * power;
            long digits = high << (64 - places) | low >>> places;
            long rest = low & ((1L << places) - 1);
            long half = 1L << (places - 1);
            boolean up = rest > half || (rest == half && (digits & 1) == 1);
            // How far it is from the value, in units of 1 / (2^places * 10^decimals); another double is half of
            // 10^decimals away.
            long off = up ? (1L << places) - rest : rest;
            // Of two that are as near, the even one is read. Powers of two, below which the next is nearer, are whole
            // numbers.
            boolean isRead = 2 * off < power || (2 * off == power && (mantissa & 1) == 0);
            if (isRead || precision == 17) {
                return decimal(Long.toString(up ? digits + 1 : digits), decimals);
            }
        }
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        // Any decimal of up to 15 digits survives the way through a double of full precision, so the search can begin
        // there.
        for (int precision = value < Double.MIN_NORMAL ? 1 : 15; precision < 17; precision++) {
            BigDecimal found = closest(exact, value, precision);
            if (found != null) {
                return found;
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
    }

    /** The nearer one of the two neighbours of that many digits that reads back as {@code value}: at powers of two it may be the farther. */
    private static @Nullable BigDecimal closest(BigDecimal exact, double value, int precision) {
        BigDecimal near = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        if (near.doubleValue() == value) {
            return near;
        }
        BigDecimal up = exact.round(new MathContext(precision, RoundingMode.UP));
        return up.doubleValue() == value ? up : null;
    }

    private static String scientific(String digits, int exponent) {
        StringBuilder out = new StringBuilder().append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        out.append('e').append(exponent < 0 ? '-' : '+');
        int size = Math.abs(exponent);
        return out.append(size < 10 ? "0" : "").append(size).toString();
    }

    private static String plain(String digits, int exponent) {
        if (exponent < 0) {
            return "0." + "0".repeat(-exponent - 1) + digits;
        }
        int whole = exponent + 1;
        if (digits.length() <= whole) {
            return digits + "0".repeat(whole - digits.length()) + ".0";
        }
        return digits.substring(0, whole) + "." + digits.substring(whole);
    }
}

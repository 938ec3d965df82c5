package circus.options;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So much memory: a part of the machine's, or so many bytes. A value; any thread.
 *
 * @param amount percent, or bytes
 */
public record MemoryBound(double amount, boolean isPercent) {
    private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]*)?)\\s*([A-Za-z%]*)");

    /** Each is 1024 of the one before; as in Circus. */
    private static final List<String> UNITS = List.of("B", "K", "M", "G", "T", "P", "E", "Z", "Y");

    /** {@code 90} and {@code 90%} are percent; {@code 512M}, {@code 512MB} and {@code 1.5 G} are bytes. */
    public static MemoryBound parse(String text) throws BadValueException {
        Matcher matcher = TEXT.matcher(text.strip());
        if (matcher.matches()) {
            double number = Double.parseDouble(matcher.group(1));
            String unit = matcher.group(2).toUpperCase(Locale.ROOT);
            if (unit.isEmpty() || unit.equals("%")) {
                return new MemoryBound(number, true);
            }
            int power = UNITS.indexOf(unit.length() == 2 && unit.endsWith("B") ? unit.substring(0, 1) : unit);
            if (power >= 0) {
                return new MemoryBound(number * Math.pow(1024, power), false);
            }
        }
        throw new BadValueException(
                "'" + text + "' is neither a number of percent nor a size (write 90, or 512M; units are K, M, G, T)");
    }

    @Override
    public String toString() {
        return isPercent ? Double.toString(amount) : (long) amount + "B";
    }
}

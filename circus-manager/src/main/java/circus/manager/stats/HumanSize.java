package circus.manager.stats;

import java.util.Locale;

/** Sizes as Circus prints them: {@code 512B}, {@code 3.00K}, {@code 1.60M}. */
final class HumanSize {
    private static final String UNITS = "KMGTPEZY";

    private HumanSize() {}

    static String of(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < UNITS.length() - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%c", size, UNITS.charAt(unit));
    }
}

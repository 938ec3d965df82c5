package circus.manager.stats;

/** Sizes as Circus prints them: {@code 512B}, {@code 3.00K}, {@code 1.60M}. */
final class HumanSize {
    private static final String UNITS = "KMGTPE";
    private static final int BITS = 10;

    /** Above this unit the lowest bits are cut off, so that a hundredfold still fits. */
    private static final int MOST_EXACT = 4;

    private HumanSize() {}

    static String of(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / BITS;
        int cut = Math.max(0, unit - MOST_EXACT) * BITS;
        int shift = unit * BITS - cut;
        long whole = (bytes >> cut) * 100;
        long hundredths = whole >> shift;
        // To the nearest, and from the middle to the even one, as Python does.
        long rest = whole - (hundredths << shift);
        long middle = 1L << (shift - 1);
        if (rest > middle || (rest == middle && hundredths % 2 == 1)) {
            hundredths++;
        }
        return Hundredths.text(hundredths) + UNITS.charAt(unit - 1);
    }
}

package circus.manager.stats;

/** Numbers with two decimals, without the cost of a format: there are thousands in an answer. */
final class Hundredths {
    private Hundredths() {}

    /** {@code 1.05} for 105. */
    static String text(long hundredths) {
        return hundredths / 100 + "." + twoDigits(hundredths % 100);
    }

    static String twoDigits(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}

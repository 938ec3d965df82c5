package circus.top;

/** A history as one line of letters, the latest value at the right. Pure functions. */
final class Sparkline {
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final String PLAIN = "_.:-=+*#";

    /** The full height stands for at least this, so that idle processes do not look busy: percent of a processor, or hits. */
    private static final double LEAST_FULL = 10;

    private Sparkline() {}

    static String of(History history, int width, boolean unicode) {
        int shown = Math.min(width, history.size());
        double full = LEAST_FULL;
        for (int back = 0; back < shown; back++) {
            full = Math.max(full, history.get(back));
        }
        String letters = unicode ? BLOCKS : PLAIN;
        StringBuilder line = new StringBuilder(width);
        for (int back = shown - 1; back >= 0; back--) {
            int height = (int) Math.round(history.get(back) / full * (letters.length() - 1));
            line.append(letters.charAt(Math.max(0, Math.min(letters.length() - 1, height))));
        }
        return line.toString();
    }
}

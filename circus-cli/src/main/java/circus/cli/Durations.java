package circus.cli;

/** Lengths of time for people: {@code 3 d 4 h}, {@code 12 min 5 s}. Pure functions. */
final class Durations {
    private static final long DAY = 86_400;
    private static final long HOUR = 3_600;
    private static final long MINUTE = 60;

    private Durations() {}

    /** Whole seconds below a minute; a negative one, as clocks that differ make it, is none. */
    static String text(double seconds) {
        long rest = Math.max(0, (long) seconds);
        return rest < MINUTE ? rest + " s" : aboveSeconds(rest);
    }

    /** @param rest a minute or more */
    static String aboveSeconds(long rest) {
        if (rest >= DAY) {
            return rest / DAY + " d " + rest % DAY / HOUR + " h";
        }
        if (rest >= HOUR) {
            return rest / HOUR + " h " + rest % HOUR / MINUTE + " min";
        }
        return rest / MINUTE + " min " + rest % MINUTE + " s";
    }
}

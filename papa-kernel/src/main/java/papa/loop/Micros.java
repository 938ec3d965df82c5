package papa.loop;

import java.time.Instant;

/** Times as the wire tells them: microseconds since 1970, by the machine's clock. */
public final class Micros {
    private Micros() {}

    public static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** As papa writes it: seconds, with the fewest decimals that tell it, but one at least. */
    public static String seconds(long micros) {
        long whole = Math.floorDiv(micros, 1_000_000L);
        String fraction = String.format("%06d", Math.floorMod(micros, 1_000_000L));
        int end = fraction.length();
        while (end > 1 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return whole + "." + fraction.substring(0, end);
    }
}

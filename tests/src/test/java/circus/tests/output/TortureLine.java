package circus.tests.output;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of {@code torture.pl}, whose form that program tells. A value.
 *
 * @param voice whose line it is
 * @param number from 1; of the last line, how many came before it
 * @param micros when its writing began
 * @param isTotal whether it is the last one of its output
 */
record TortureLine(Voice voice, int number, long micros, boolean isTotal) {
    /** One channel of one process. */
    record Voice(String name, int pid, String channel) {
        @Override
        public String toString() {
            return name + " " + pid + " " + channel;
        }
    }

    private static final Pattern HEAD =
            Pattern.compile("<(\\S+) (\\d{1,9}) (out|err) (total )?(\\d{1,9}) (\\d{1,18}):");
    private static final Pattern TAIL = Pattern.compile(":(\\d{1,9}) (out|err) (\\d{1,9}) ([^\\s<>]+)>$");
    private static final String[] PATTERN = {"a", "ä", "€", "\ud834\udd1e", " ", "|", "[", "]"};
    private static final int RARE = 97;
    private static final int VERY_RARE = 211;

    static String filler(int number, boolean isAlone) {
        int length = (int) ((long) number * 7919 % 120);
        length = number % RARE == 0 ? 3000 : length;
        length = number % VERY_RARE == 0 && isAlone ? 30_000 : length;
        StringBuilder filler = new StringBuilder();
        for (int i = 1; i <= length; i++) {
            filler.append(PATTERN[(number + i) % PATTERN.length]);
        }
        return filler.toString();
    }

    /** What the line begins with here, whether it goes on or not. */
    static Optional<TortureLine> begun(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt()) {
            return Optional.empty();
        }
        Voice voice = new Voice(head.group(1), Integer.parseInt(head.group(2)), head.group(3));
        return Optional.of(new TortureLine(
                voice, Integer.parseInt(head.group(5)), Long.parseLong(head.group(6)), head.group(4) != null));
    }

    /** The voice and number of the line that ends with this; its time is not known. */
    static Optional<TortureLine> ended(String text) {
        Matcher tail = TAIL.matcher(text);
        if (!tail.find()) {
            return Optional.empty();
        }
        Voice voice = new Voice(tail.group(4), Integer.parseInt(tail.group(3)), tail.group(2));
        return Optional.of(new TortureLine(voice, Integer.parseInt(tail.group(1)), 0, false));
    }

    /** All of the line, but for its line feed. */
    String text() {
        String words = String.format(
                Locale.ROOT,
                "<%s %d %s %s%d %d:",
                voice.name(),
                voice.pid(),
                voice.channel(),
                isTotal ? "total " : "",
                number,
                micros);
        return words + (isTotal ? "total" : filler(number, voice.name().startsWith("alone"))) + ":" + number + " "
                + voice.channel() + " " + voice.pid() + " " + voice.name() + ">";
    }
}

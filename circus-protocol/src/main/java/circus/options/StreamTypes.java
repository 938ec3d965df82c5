package circus.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The types that options of streams alone have. All are immutable; any thread may use them. */
final class StreamTypes {
    private static final List<String> PARTS = List.of("watcher", "wid", "pid");
    private static final List<String> OVERFLOWS = List.of("drop", "block");
    private static final int LONGEST_TAG = 48;

    /** The facilities of syslog by the names of syslog.conf, with their numbers. */
    private static final Map<String, Integer> FACILITIES = facilities();

    static final OptionType<List<String>> PREFIX = new PlainType<>(
            "any of watcher, wid, pid",
            "isn't a list of watcher, wid and pid",
            StreamTypes::parts,
            json -> json instanceof String text ? parts(text) : null,
            parts -> String.join(", ", parts));

    static final OptionType<Long> SIZE = new PlainType<>(
            "bytes",
            "isn't an integer",
            StreamTypes::size,
            json -> json instanceof Number number && number.longValue() >= 0 ? number.longValue() : null,
            value -> value);

    static final OptionType<Integer> COUNT = counted(0, 9_999, "a number of files");

    static final OptionType<Integer> INTERVAL = counted(1, 999_999, "an interval");

    static final OptionType<Optional<RotateWhen>> ROTATE_WHEN = new OptionalType<>(
            new PlainType<>(
                    "S, M, H, D, MIDNIGHT, W0 … W6",
                    "isn't a valid rollover interval",
                    RotateWhen::parse,
                    json -> json instanceof String text ? RotateWhen.parse(text) : null,
                    RotateWhen::name),
            false);

    static final OptionType<Optional<Integer>> FILE_MODE = new OptionalType<>(
            new PlainType<>(
                    "octal mode",
                    "isn't a mode",
                    StreamTypes::mode,
                    json -> json instanceof String text ? (Integer) mode(text) : Numbers.integerOrNull(json),
                    mode -> String.format(Locale.ROOT, "%03o", mode)),
            true);

    static final OptionType<String> OVERFLOW = word("drop or block", OVERFLOWS);

    static final OptionType<String> FACILITY = word("syslog facility", List.copyOf(FACILITIES.keySet()));

    static final OptionType<Optional<String>> TAG = new OptionalType<>(
            new PlainType<>(
                    "word",
                    "isn't a word",
                    StreamTypes::tag,
                    json -> json instanceof String text ? tag(text) : null,
                    value -> value),
            false);

    static final OptionType<Optional<String>> SYSLOG_ADDRESS = new OptionalType<>(
            new PlainType<>(
                    "address of a syslog",
                    "isn't an address",
                    text -> SyslogAddress.parse(text).toString(),
                    json -> json instanceof String text
                            ? SyslogAddress.parse(text).toString()
                            : null,
                    value -> value),
            true);

    private StreamTypes() {}

    private static Map<String, Integer> facilities() {
        Map<String, Integer> facilities = new LinkedHashMap<>();
        for (String name : List.of(
                "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp")) {
            facilities.put(name, facilities.size());
        }
        for (int i = 0; i < 8; i++) {
            facilities.put("local" + i, 16 + i);
        }
        facilities.remove("kern");
        return facilities;
    }

    /** The number of a facility that {@link #FACILITY} has read. */
    static int facility(String name) {
        return FACILITIES.getOrDefault(name, 1);
    }

    private static List<String> parts(String text) throws BadValueException {
        List<String> parts = new ArrayList<>();
        for (String word : text.strip().split("[\\s,]+")) {
            if (!PARTS.contains(word) && !word.isEmpty()) {
                throw new BadValueException("'" + word + "' is none of " + String.join(", ", PARTS));
            }
            if (!word.isEmpty() && !parts.contains(word)) {
                parts.add(word);
            }
        }
        return parts;
    }

    private static long size(String text) throws BadValueException {
        String digits = text.strip();
        if (digits.matches("[0-9]{1,18}")) {
            return Long.parseLong(digits);
        }
        int refused = Numbers.integer(text);
        throw new BadValueException("'" + text + "' is not a number of bytes" + (refused < 0 ? " from 0 on" : ""));
    }

    private static OptionType<Integer> counted(int least, int most, String meaning) {
        return new PlainType<>(
                "integer",
                "isn't an integer",
                text -> Numbers.integer(text, least, most, meaning),
                json -> {
                    Integer number = Numbers.integerOrNull(json);
                    return number != null && number >= least && number <= most ? number : null;
                },
                Integer::longValue);
    }

    private static int mode(String text) throws BadValueException {
        try {
            return Numbers.mask(text);
        } catch (BadValueException none) {
            throw new BadValueException("'" + text + "' is not the mode of a file, in octal digits (000 to 777)");
        }
    }

    private static OptionType<String> word(String name, List<String> words) {
        return new PlainType<>(
                name,
                "isn't one of " + String.join(", ", words),
                text -> known(text, words),
                json -> json instanceof String text ? known(text, words) : null,
                value -> value);
    }

    private static String known(String text, List<String> words) throws BadValueException {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw new BadValueException("'" + text + "' is none of " + String.join(", ", words));
        }
        return word;
    }

    private static String tag(String text) throws BadValueException {
        boolean plain = Stream.of(text).allMatch(tag -> tag.chars().allMatch(c -> c > ' ' && c < 0x7f));
        if (text.isEmpty() || text.length() > LONGEST_TAG || !plain) {
            throw new BadValueException(
                    "'" + text + "' is not a word of 1 to " + LONGEST_TAG + " letters, digits and signs of ASCII");
        }
        return text;
    }
}

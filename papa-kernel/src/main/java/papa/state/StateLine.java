package papa.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a state: its kind, and what stands behind its keys. A key may stand there more than once. Texts are byte
 * strings, as in {@link papa.wire.Words}.
 */
public final class StateLine {
    private final long number;
    private final List<String> words;
    private final Descriptors descriptors;

    /** Where a key was found last. */
    private int last = 1;

    /** @param words the kind, and KEY=VALUE each */
    StateLine(long number, List<String> words, Descriptors descriptors) {
        this.number = number;
        this.words = words;
        this.descriptors = descriptors;
    }

    public String kind() {
        return words.get(0);
    }

    public boolean has(String key) {
        return find(key) != null;
    }

    /** The value of a key that must be there; where it is there more than once, one of them. */
    public String text(String key) throws StateException {
        String value = find(key);
        if (value == null) {
            throw wrong(key + "= is missing");
        }
        return value;
    }

    public String text(String key, String otherwise) {
        String value = find(key);
        return value == null ? otherwise : value;
    }

    /** All values of a key, in their order. */
    public List<String> all(String key) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String value = valueOf(key, words.get(i));
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** A number that must be there, and lie between these, both included. */
    public long number(String key, long least, long most) throws StateException {
        String text = text(key);
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notOne) {
            throw wrong(key + "=" + text + " is no number");
        }
        throw wrong(key + "=" + text + " does not lie between " + least + " and " + most);
    }

    public long number(String key, long least, long most, long otherwise) throws StateException {
        return has(key) ? number(key, least, most) : otherwise;
    }

    /** A number that fits an int. */
    public int integer(String key, int least, int most) throws StateException {
        return (int) number(key, least, most);
    }

    public int integer(String key, int least, int most, int otherwise) throws StateException {
        return (int) number(key, least, most, otherwise);
    }

    /** All that was put by {@link StateWriter.Line#tuple} under a key: so many numbers each, of any value. */
    public List<long[]> tuples(String key, int size) throws StateException {
        List<long[]> found = new ArrayList<>();
        for (String value : all(key)) {
            long[] tuple = new long[size];
            int start = 0;
            for (int i = 0; i < size; i++) {
                int colon = value.indexOf(':', start);
                int end = colon < 0 ? value.length() : colon;
                if ((colon < 0) != (i == size - 1)) {
                    throw wrong(key + "=" + value + " does not have " + size + " numbers");
                }
                try {
                    tuple[i] = Long.parseLong(value, start, end, 10);
                } catch (NumberFormatException notOne) {
                    throw wrong(key + "=" + value + " is not made of numbers");
                }
                start = end + 1;
            }
            found.add(tuple);
        }
        return found;
    }

    /** All that was put under a key as NAME=VALUE, where no name has an equals sign; each name once. */
    public Map<String, String> map(String key) throws StateException {
        Map<String, String> found = new LinkedHashMap<>();
        for (String value : all(key)) {
            int equals = value.indexOf('=');
            if (equals < 0 || found.put(value.substring(0, equals), value.substring(equals + 1)) != null) {
                throw wrong(key + "=" + value + " is no pair, or is there twice");
            }
        }
        return found;
    }

    /** Whether a key is there and says 1. */
    public boolean flag(String key) {
        return "1".equals(find(key));
    }

    /** One of an enumeration's constants, by its name. */
    public <E extends Enum<E>> E choice(String key, Class<E> type) throws StateException {
        String text = text(key);
        for (E each : type.getEnumConstants()) {
            if (each.name().equals(text)) {
                return each;
            }
        }
        throw wrong(key + "=" + text + " is not known");
    }

    /**
     * A descriptor that was put by {@link StateWriter.Line#descriptor}: it is open, and nobody else was given it. The
     * caller owns it. -1 where -1 was put.
     */
    public int descriptor(String key) throws StateException {
        int fd = integer(key, -1, Integer.MAX_VALUE);
        if (fd >= 0) {
            String why = descriptors.claim(fd);
            if (!why.isEmpty()) {
                throw wrong(key + "=" + fd + " " + why);
            }
        }
        return fd;
    }

    /** What is to be thrown when something about this line is wrong. */
    public StateException wrong(String what) {
        return new StateException("cannot read line " + number + " of the state, " + kind() + ": " + what);
    }

    /** Most ask for keys in the order in which they were put: so it looks on from where the last one was. */
    private @Nullable String find(String key) {
        for (int i = 1; i < words.size(); i++) {
            String value = valueOf(key, words.get(last));
            if (value != null) {
                return value;
            }
            last = last + 1 < words.size() ? last + 1 : 1;
        }
        return null;
    }

    private static @Nullable String valueOf(String key, String word) {
        return word.length() > key.length() && word.charAt(key.length()) == '=' && word.startsWith(key)
                ? word.substring(key.length() + 1)
                : null;
    }
}

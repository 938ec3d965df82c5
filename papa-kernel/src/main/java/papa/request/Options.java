package papa.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.wire.MakeOption;

/**
 * The words behind the name in a {@code make}: {@code name=value} words first, then the rest. Each option is taken once;
 * what is left at the end is unknown. Only
 * what {@link MakeOption} declares can be taken, so that help and the reference page tell all there is.
 */
public final class Options {
    private static final int MOST_PERMISSIONS = 0777;

    private static final Map<Character, Long> UNITS = Map.of('k', 1024L, 'm', 1024L * 1024, 'g', 1024L * 1024 * 1024);

    private static final String BYTES_WANTED = "bytes are wanted, or a number with k, m or g behind it, up to 1024g";

    private final LinkedHashMap<String, String> given = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();
    private final String thing;
    private final boolean extended;
    private final List<MakeOption> declared;

    /**
     * @param thing what is being made, as the error on an unknown option names it
     * @param extended whether values came quoted, and {@code --} ends the options
     */
    public Options(String thing, List<String> words, boolean extended) throws Refusal {
        this.thing = thing;
        this.extended = extended;
        this.declared = MakeOption.of(thing.equals("Process") ? "process" : "socket");
        int at = 0;
        while (at < words.size() && words.get(at).indexOf('=') > 0) {
            String word = words.get(at++);
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            given.put(word.substring(0, equals), extended ? value : unquoted(value));
        }
        if (extended && at < words.size() && words.get(at).equals("--")) {
            at++;
        }
        rest.addAll(words.subList(at, words.size()));
    }

    private static String unquoted(String value) throws Refusal {
        if (value.isEmpty()) {
            throw new Refusal(
                    "string index out of range"); // papa's words, and papa's limit: say hello for empty values
        }
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private String declared(String word) {
        if (declared.stream().noneMatch(option -> option.word().equals(word))) {
            throw new IllegalStateException(
                    "option " + word + " is not declared: add it to ProcessOption or SocketOption");
        }
        return word;
    }

    /** What follows the options. */
    public List<String> rest() {
        return rest;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(given.remove(declared(name)));
    }

    public boolean has(String name) {
        return given.containsKey(name);
    }

    public String text(String name, String byDefault) {
        return text(name).orElse(byDefault);
    }

    public int number(String name, int byDefault) throws Refusal {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return byDefault;
        }
        try {
            return Integer.parseInt(value.get().strip());
        } catch (NumberFormatException notOne) {
            throw unusable(
                    name,
                    value.get(),
                    "a whole number is wanted",
                    "invalid literal for int() with base 10: '" + value.get() + "'");
        }
    }

    /** A file mode mask, -1 if it is not given. As in C: octal with a 0 before it, else decimal, as managers say it. */
    public int fileMask(String name) throws Refusal {
        String word = text(name, "");
        if (word.length() > 1 && word.startsWith("0")) {
            return octal(name, word);
        }
        if (!word.matches("[0-9]{0,9}")) {
            throw new Refusal("cannot take " + name + "=" + word + ": a number is wanted, octal if it begins with 0");
        }
        int mask = word.isEmpty() ? -1 : Integer.parseInt(word);
        if (mask > MOST_PERMISSIONS) {
            throw new Refusal("cannot take " + name + "=" + word + ": not between 0 and 511 (0777)");
        }
        return mask;
    }

    /** Permissions of a file, -1 if they are not given; octal always. */
    public int octal(String name) throws Refusal {
        return octal(name, text(name, ""));
    }

    private static int octal(String option, String word) throws Refusal {
        if (!word.matches("0{0,4}[0-7]{0,3}")) {
            throw new Refusal("cannot take " + option + "=" + word + ": an octal number up to 0777 is wanted");
        }
        return word.isEmpty() ? -1 : Integer.parseInt(word, 8);
    }

    /** Papa's words are Python's, and tell those little who have said hello. */
    private Refusal unusable(String name, String value, String wanted, String papas) {
        return new Refusal(extended ? "cannot take " + name + "=" + value + ": " + wanted : papas);
    }

    /** Papa takes anything but nothing for true; the extended language and common sense take 0 for false, too. */
    public boolean flag(String name) {
        @Nullable String value = given.remove(declared(name));
        return value != null && !value.isEmpty() && !value.equals("0");
    }

    /** Bytes, or a number with k, m or g, in steps of 1024. */
    public long size(String name, long byDefault) throws Refusal {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return byDefault;
        }
        String text = value.get();
        char last = text.isEmpty() ? '0' : Character.toLowerCase(text.charAt(text.length() - 1));
        boolean hasUnit = !Character.isDigit(last);
        Long unit = hasUnit ? UNITS.get(last) : Long.valueOf(1);
        if (unit == null) {
            throw unusable(name, text, BYTES_WANTED, "'" + last + "'");
        }
        try {
            long number = Long.parseLong(hasUnit ? text.substring(0, text.length() - 1) : text);
            if (number < 0 || number > (1L << 40) / unit) {
                throw new NumberFormatException();
            }
            return number * unit;
        } catch (NumberFormatException notOne) {
            throw unusable(name, text, BYTES_WANTED, "invalid literal for int() with base 10: '" + text + "'");
        }
    }

    /** All options {@code prefixX=V}, as X and V. */
    public Map<String, String> family(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        declared(prefix);
        given.entrySet().removeIf(each -> {
            boolean belongs = each.getKey().startsWith(prefix);
            if (belongs) {
                found.put(each.getKey().substring(prefix.length()), each.getValue());
            }
            return belongs;
        });
        return found;
    }

    void refuse(String name, String why) throws Refusal {
        if (given.containsKey(name)) {
            throw new Refusal("cannot make this with " + name + "=" + given.get(name) + ": " + why);
        }
    }

    /** All options must have been taken by now. */
    public void demandNoMore() throws Refusal {
        for (String name : given.keySet()) {
            if (extended) {
                String what = thing.equals("Process") ? "process" : "socket";
                throw new Refusal("cannot make a " + what + " with " + name + "=: " + MakeOption.UNKNOWN
                        + " (help make " + what + ")");
            }
            throw new Refusal(thing + ".__init__() got an unexpected keyword argument '" + name + "'");
        }
    }
}

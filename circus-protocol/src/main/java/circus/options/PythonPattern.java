package circus.options;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Regular expressions as Python spells them, since that is what existing ini files have: {@code (?P<name>…)}, {@code (?P=name)}, and
 * {@code \Z} for the very end. A dot is anything but a line feed, as there. Pure functions.
 */
final class PythonPattern {
    /** A pair of characters after a backslash, the name of a group where it stands, or where it is referred to. */
    private static final Pattern PART = Pattern.compile("\\\\.|\\(\\?P<(\\w+)>|\\(\\?P=(\\w+)\\)", Pattern.DOTALL);

    private static final Pattern FINE_IN_JAVA = Pattern.compile("[A-Za-z][A-Za-z0-9]*");

    private PythonPattern() {}

    /** @throws java.util.regex.PatternSyntaxException for what is no expression */
    static Pattern compile(String expression) {
        Map<String, String> names = new LinkedHashMap<>();
        Matcher parts = PART.matcher(expression);
        StringBuilder java = new StringBuilder();
        while (parts.find()) {
            parts.appendReplacement(java, Matcher.quoteReplacement(translated(parts, names)));
        }
        parts.appendTail(java);
        return Pattern.compile(java.toString(), Pattern.UNIX_LINES);
    }

    private static String translated(Matcher part, Map<String, String> names) {
        if (part.group(1) != null) {
            return "(?<" + name(part.group(1), names) + ">";
        }
        if (part.group(2) != null) {
            return "\\k<" + name(part.group(2), names) + ">";
        }
        return part.group().equals("\\Z") ? "\\z" : part.group();
    }

    /** Java has no underscores in names of groups; nobody asks for those groups by name. */
    private static String name(String python, Map<String, String> names) {
        return FINE_IN_JAVA.matcher(python).matches()
                ? python
                : names.computeIfAbsent(python, unused -> "python0group" + names.size());
    }
}

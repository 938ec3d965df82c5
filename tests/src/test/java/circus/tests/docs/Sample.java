package circus.tests.docs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what a page shows with what came. A whole number of four digits and more is an example: the first time it stands for any
 * number, from then on for that one, in commands too. A number with a point stands for any such number, {@code …} for anything on the line.
 */
final class Sample {
    private static final Pattern VARIABLE = Pattern.compile("\\d+\\.\\d+|(?<![\\d.])\\d{4,}(?![\\d.])|…");

    private final Map<String, String> numbers = new HashMap<>();

    /** @param fixed numbers that stand for themselves, or for another one: ports */
    Sample(Map<String, String> fixed) {
        numbers.putAll(fixed);
    }

    /** The command with the numbers that are known by now. */
    String fill(String command) {
        return VARIABLE.matcher(command)
                .replaceAll(found -> Matcher.quoteReplacement(numbers.getOrDefault(found.group(), found.group())));
    }

    /** Whether this is what the page shows; remembers the numbers if it is. */
    boolean matches(List<String> shown, List<String> came) {
        if (shown.size() != came.size()) {
            return false;
        }
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < shown.size(); i++) {
            if (!matches(shown.get(i).strip(), came.get(i).strip(), found)) {
                return false;
            }
        }
        numbers.putAll(found);
        return true;
    }

    private boolean matches(String shown, String came, Map<String, String> found) {
        StringBuilder expression = new StringBuilder();
        Map<Integer, String> groups = new HashMap<>();
        Matcher variable = VARIABLE.matcher(shown);
        int from = 0;
        while (variable.find()) {
            expression.append(Pattern.quote(shown.substring(from, variable.start())));
            from = variable.end();
            String name = variable.group();
            if (name.equals("…")) {
                expression.append(".*");
            } else if (name.contains(".")) {
                expression.append("\\d+\\.\\d+");
            } else if (numbers.containsKey(name)) {
                expression.append(Pattern.quote(numbers.get(name)));
            } else {
                expression.append("(\\d+)");
                groups.put(groups.size() + 1, name);
            }
        }
        expression.append(Pattern.quote(shown.substring(from)));
        Matcher matcher = Pattern.compile(expression.toString()).matcher(came);
        if (!matcher.matches()) {
            return false;
        }
        groups.forEach((group, name) -> found.put(name, matcher.group(group)));
        return true;
    }
}

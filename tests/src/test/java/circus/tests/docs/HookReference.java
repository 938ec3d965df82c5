package circus.tests.docs;

import circus.hook.HookPoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/hooks.md, made from the declarations of the points. Pure functions. */
final class HookReference {
    private static final Pattern PLACE =
            Pattern.compile("(<!-- generated: points -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private HookReference() {}

    static String fill(String page) {
        return PLACE.matcher(page).replaceFirst("$1\n" + Matcher.quoteReplacement(table()) + "\n$2");
    }

    private static String table() {
        StringBuilder table = new StringBuilder(
                "| point | when | what it is told | false means | an error counts as |\n|---|---|---|---|---|\n");
        for (HookPoint point : HookPoint.values()) {
            table.append("| `").append(point.word()).append("` | ").append(point.when());
            table.append(" | ").append(point.extra()).append(" | ");
            table.append(point.whenFalse().isEmpty() ? "nothing" : point.whenFalse());
            table.append(" | ").append(error(point)).append(" |\n");
        }
        return table.toString();
    }

    private static String error(HookPoint point) {
        if (point == HookPoint.EXTENDED_STATS) {
            return "an error of the command";
        }
        return point.whenFalse().isEmpty() ? "nothing" : point.errorCountsAs() ? "true" : "false";
    }
}

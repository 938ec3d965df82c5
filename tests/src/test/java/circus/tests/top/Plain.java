package circus.tests.top;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A screen with what differs from run to run made the same, each in the place where it stood: figures are {@code #}, pids {@code PID}. */
final class Plain {
    private static final Pattern GRAPH = Pattern.compile(" +[▁▂▃▄▅▆▇█]+$", Pattern.MULTILINE);
    private static final Pattern FIGURE =
            Pattern.compile(" +(\\d+\\.\\d+[BKMG]?|\\d+s|\\d+m\\d\\ds)(?= |$)", Pattern.MULTILINE);
    private static final Pattern PID = Pattern.compile("(?<= ) *\\d{3,}(?= |$)", Pattern.MULTILINE);
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:\\d{5}");
    private static final Pattern USER =
            Pattern.compile("(?<= )" + Pattern.quote(System.getProperty("user.name")) + "(?= |$)", Pattern.MULTILINE);

    private Plain() {}

    static String of(String screen) {
        int end = screen.indexOf('\n');
        String first = screen.substring(0, end)
                .replaceAll("\\d+\\.\\d+ %", "# %")
                .replaceAll("tcp://\\S+", "URL")
                .replaceAll(" {2,}", "  ");
        String rest = screen.substring(end);
        rest = GRAPH.matcher(rest).replaceAll(found -> right(found, "~"));
        rest = FIGURE.matcher(rest).replaceAll(found -> right(found, "#"));
        rest = PID.matcher(rest).replaceAll(found -> right(found, "PID"));
        rest = PORT.matcher(rest).replaceAll("127.0.0.1:PORT ");
        rest = USER.matcher(rest).replaceAll("USER");
        return (first + rest).replaceAll("(?m) +$", "") + "\n";
    }

    private static String right(MatchResult found, String word) {
        return " ".repeat(Math.max(0, found.group().length() - word.length())) + word;
    }
}

package circus.tests.docs;

import circus.tests.client.CommandLines;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/compatibility.md that tells where our circusctl prints something else than that of Circus. Pure functions. */
final class CommandLineReference {
    private static final String BEGIN = "<!-- generated: command lines -->\n";
    private static final Pattern PLACE = Pattern.compile(BEGIN + ".*?(<!-- end -->)", Pattern.DOTALL);
    private static final int MOST_CHARACTERS = 120;

    private CommandLineReference() {}

    static String fill(String page) {
        Matcher place = PLACE.matcher(page);
        if (!place.find()) {
            throw new IllegalArgumentException("the page has no place for command lines");
        }
        return place.replaceFirst(Matcher.quoteReplacement(BEGIN + "\n" + table() + "\n<!-- end -->"));
    }

    private static String table() {
        List<CommandLines.Entry> all = CommandLines.read().entries();
        List<CommandLines.Entry> different =
                all.stream().filter(entry -> entry.ours() != null).toList();
        StringBuilder table = new StringBuilder()
                .append(all.size())
                .append(" command lines, ")
                .append(different.size())
                .append(" differences.\n\n| `circusctl …` | Circus 0.19 | ours | why |\n|---|---|---|---|\n");
        for (CommandLines.Entry entry : different) {
            JsonNode theirs = Objects.requireNonNull(entry.circus());
            JsonNode ours = Objects.requireNonNull(entry.ours());
            table.append("| ").append(code(entry.line()));
            table.append(" | ").append(outcome(theirs));
            table.append(" | ").append(outcome(ours));
            table.append(" | ").append(entry.why().replace("|", "\\|")).append(" |\n");
        }
        return table.toString();
    }

    /** The exit code, and the last line of what was said, which tells it. */
    private static String outcome(JsonNode outcome) {
        String said = outcome.get("out").asText() + outcome.get("err").asText();
        String[] lines = said.stripTrailing().split("\n");
        String line = lines[lines.length - 1];
        return outcome.get("exit") + (line.isEmpty() ? "" : ": " + (lines.length > 1 ? "… " : "") + code(line));
    }

    private static String code(String text) {
        String line = text.replace("`", "'").replace("|", "\\|").replace("\u001b", "\\e");
        return "`" + (line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "…" : line) + "`";
    }
}

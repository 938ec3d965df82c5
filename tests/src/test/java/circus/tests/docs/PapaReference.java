package circus.tests.docs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import papa.wire.Help;
import papa.wire.Limit;
import papa.wire.MakeOption;
import papa.wire.Verb;

/** The parts of docs/papa.md that are made from the kernel's declarations, between marks. Pure functions. */
final class PapaReference {
    private static final Map<String, String> PARTS = Map.of(
            "verbs", verbs(),
            "process", options("process"),
            "socket", options("socket"),
            "limits", limits(),
            "versions", versions());

    private PapaReference() {}

    /** The page with its generated parts as they are declared now. */
    static String fill(String page) {
        String filled = page;
        for (Map.Entry<String, String> part : PARTS.entrySet()) {
            Pattern place =
                    Pattern.compile("(<!-- generated: " + part.getKey() + " -->\n).*?(<!-- end -->)", Pattern.DOTALL);
            Matcher found = place.matcher(filled);
            if (!found.find()) {
                throw new AssertionError("docs/papa.md has no place for " + part.getKey());
            }
            filled = found.replaceFirst("$1\n" + Matcher.quoteReplacement(part.getValue()) + "\n$2");
        }
        return filled;
    }

    private static String verbs() {
        return Arrays.stream(Verb.values())
                .map(verb -> "### " + verb.word() + "\n\n```text\n" + Help.on(verb) + "```\n")
                .collect(Collectors.joining("\n"));
    }

    private static String options(String what) {
        return "| option | default | |\n|---|---|---|\n"
                + MakeOption.of(what).stream()
                        .map(option -> row("`" + option.usage() + "`", option.byDefault(), option.help()))
                        .collect(Collectors.joining());
    }

    private static String limits() {
        return "| most | of | who goes beyond |\n|---:|---|---|\n"
                + Arrays.stream(Limit.values())
                        .map(limit -> row(String.format("%,d", limit.most()), limit.what(), limit.then()))
                        .collect(Collectors.joining());
    }

    private static String versions() {
        Map<Integer, List<String>> words = new TreeMap<>(Arrays.stream(Verb.values())
                .collect(Collectors.groupingBy(
                        Verb::version, Collectors.mapping(verb -> "`" + verb.word() + "`", Collectors.toList()))));
        StringBuilder table = new StringBuilder("| wire | brought |\n|---:|---|\n");
        words.forEach((version, brought) -> table.append(row("" + version, String.join(", ", brought))));
        return table.toString();
    }

    private static String row(String... cells) {
        return Arrays.stream(cells)
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}

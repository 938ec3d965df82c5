package circus.tests.docs;

import circus.tests.faults.Fault;
import circus.tests.faults.Result;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/reliability.md, from the results that the fault suite has recorded. Pure functions but for reading them. */
final class ReliabilityReference {
    private static final String BEGIN = "<!-- generated: results -->\n";
    private static final Pattern PLACE = Pattern.compile(BEGIN + ".*?(<!-- end -->)", Pattern.DOTALL);

    private ReliabilityReference() {}

    static String fill(String page) {
        Matcher place = PLACE.matcher(page);
        if (!place.find()) {
            throw new IllegalArgumentException("the page has no place for results");
        }
        return place.replaceFirst(Matcher.quoteReplacement(BEGIN + "\n" + table() + "\n<!-- end -->"));
    }

    private static String table() {
        Map<Fault, Result> results = Result.read();
        StringBuilder table = new StringBuilder("""
                | what happens | rounds | requests | lines | lost | gaps | ms, p50 / p99 / most | of what | on |
                |---|---:|---:|---:|---:|---:|---:|---|---|
                """);
        for (Fault fault : Fault.values()) {
            Result result = results.get(fault);
            table.append("| ").append(fault.happens()).append(" | ");
            if (result == null) {
                table.append("not run | | | | | | ").append(fault.timed()).append(" | |\n");
            } else {
                table.append(result.rounds())
                        .append(" | ")
                        .append(figure(result.requests()))
                        .append(" | ")
                        .append(figure(result.lines()))
                        .append(" | 0 | ")
                        .append(gaps(result))
                        .append(" | ")
                        .append(times(result))
                        .append(" | ")
                        .append(fault.timed())
                        .append(" | ")
                        .append(result.date())
                        .append(" |\n");
            }
        }
        return table.toString();
    }

    private static String figure(long figure) {
        return figure < 0 ? "" : Long.toString(figure);
    }

    private static String gaps(Result result) {
        return result.gaps() == 0 ? "0" : result.gaps() + ", of " + (result.gapBytes() >> 20) + " MiB";
    }

    private static String times(Result result) {
        return result.median() < 0 ? "" : result.median() + " / " + result.late() + " / " + result.most();
    }
}

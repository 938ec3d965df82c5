package circus.tests.docs;

import circus.tests.harness.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands of a page: what follows {@code $ } in its {@code console} blocks, each with the output that the page shows.
 *
 * @param steps in the order of the page
 */
record Page(List<Step> steps) {
    private static final String PROMPT = "$ ";

    /**
     * One command.
     *
     * @param output what the page shows, line by line; empty when it shows nothing
     */
    record Step(int line, String command, List<String> output) {}

    static Page read(Path file) {
        List<Step> steps = new ArrayList<>();
        List<String> output = new ArrayList<>();
        boolean inside = false;
        int number = 0;
        for (String line : (Iterable<String>) Home.read(file).lines()::iterator) {
            number++;
            if (line.startsWith("```")) {
                inside = line.equals("```console");
            } else if (inside && line.startsWith(PROMPT)) {
                output = new ArrayList<>();
                steps.add(new Step(number, line.substring(PROMPT.length()), output));
            } else if (inside && !line.isEmpty()) { // A terminal does not tell them either.
                output.add(line);
            }
        }
        return new Page(List.copyOf(steps));
    }
}

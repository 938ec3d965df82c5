package circus.manager.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong or doubtful while a configuration is read, so that all of it is told at once. Used by one thread. */
final class Problems {
    private final List<Path> files = new ArrayList<>();
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    void error(Place place, String text) {
        add(errors, place, text);
    }

    void warn(Place place, String text) {
        add(warnings, place, text);
    }

    /** In the order in which the files were met, then by line. */
    List<Problem> errors() {
        return ordered(errors);
    }

    List<Problem> warnings() {
        return ordered(warnings);
    }

    /** Settles the order of files; otherwise the first problem of a file does. */
    void reading(Path file) {
        if (!files.contains(file)) {
            files.add(file);
        }
    }

    private void add(List<Problem> problems, Place place, String text) {
        reading(place.file());
        Problem problem = new Problem(place.file(), place.line(), text);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private List<Problem> ordered(List<Problem> problems) {
        return problems.stream()
                .sorted(Comparator.<Problem>comparingInt(problem -> files.indexOf(problem.file()))
                        .thenComparingInt(Problem::line))
                .toList();
    }
}

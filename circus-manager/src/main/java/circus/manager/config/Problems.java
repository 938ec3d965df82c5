package circus.manager.config;

import circus.manager.config.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong or doubtful while a configuration is read, so that all of it is told at once. Used by one thread. */
final class Problems {
    private final List<Path> files = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    void error(Place place, String text) {
        add(Severity.ERROR, place, text);
    }

    void warn(Place place, String text) {
        add(Severity.WARNING, place, text);
    }

    /** In the order in which the files were met, then by line. */
    List<Problem> all() {
        return problems.stream()
                .sorted(Comparator.<Problem>comparingInt(problem -> files.indexOf(problem.file()))
                        .thenComparingInt(Problem::line))
                .toList();
    }

    List<Problem> errors() {
        return of(Severity.ERROR);
    }

    List<Problem> warnings() {
        return of(Severity.WARNING);
    }

    /** Settles the order of files; otherwise the first problem of a file does. */
    void reading(Path file) {
        if (!files.contains(file)) {
            files.add(file);
        }
    }

    private void add(Severity severity, Place place, String text) {
        reading(place.file());
        Problem problem = new Problem(severity, place.file(), place.line(), text);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private List<Problem> of(Severity severity) {
        return all().stream().filter(problem -> problem.severity() == severity).toList();
    }
}

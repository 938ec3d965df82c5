package circus.manager.config;

import circus.manager.config.Problem.Severity;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all of its mistakes at once. The message is one line per mistake. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> all;

    /** @param all mistakes, one at least, and warnings, in the order of files and lines */
    ConfigException(List<Problem> all) {
        super(mistakes(all).stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.all = List.copyOf(all);
    }

    /** The mistakes, in the order of files and lines; never empty. */
    public List<Problem> problems() {
        return mistakes(all);
    }

    /** The mistakes and the warnings, in the order of files and lines. */
    public List<Problem> all() {
        return all;
    }

    private static List<Problem> mistakes(List<Problem> all) {
        return all.stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .toList();
    }
}

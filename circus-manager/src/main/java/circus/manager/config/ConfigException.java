package circus.manager.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all of its mistakes at once. The message is one line per mistake. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** In the order of files and lines; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}

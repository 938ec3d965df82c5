package circus.manager;

import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.config.Problem;
import circus.manager.config.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code circusd --check} tells of a configuration: everything that is wrong or doubtful, a line each, in columns, and a line that
 * sums it up. Each begins with {@code FILE:LINE:}, so that editors find the place. Nothing but the files is read, and what they name in Python. Pure; any thread.
 *
 * @param isUsable whether circusd can start with it
 */
record CheckReport(String text, boolean isUsable) {
    /**
     * @param file as the user called it; the files that it includes are called from there too
     * @param environment the one that circusd would have
     */
    static CheckReport of(Path file, Map<String, String> environment) {
        try {
            CircusConfig config = CircusConfig.load(file, environment);
            return new CheckReport(text(file, config.warnings(), contents(config)), true);
        } catch (ConfigException mistakes) {
            return new CheckReport(text(file, mistakes.all(), ""), false);
        }
    }

    private static String text(Path file, List<Problem> problems, String contents) {
        List<String> lines = new ArrayList<>();
        List<String> places =
                problems.stream().map(problem -> place(file, problem)).toList();
        int widest = places.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < problems.size(); i++) {
            Problem problem = problems.get(i);
            String severity = problem.severity().name().toLowerCase(Locale.ROOT);
            lines.add(padded(places.get(i), widest) + " "
                    + padded(severity, Severity.WARNING.name().length()) + "  "
                    + problem.text().replace('\n', ' '));
        }
        lines.add(file + ": " + sum(problems) + contents);
        return String.join("\n", lines);
    }

    private static String sum(List<Problem> problems) {
        List<String> counts = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            long count = problems.stream()
                    .filter(problem -> problem.severity() == severity)
                    .count();
            if (count > 0) {
                counts.add(count(count, severity.name().toLowerCase(Locale.ROOT)));
            }
        }
        return counts.isEmpty() ? "nothing wrong" : String.join(", ", counts);
    }

    private static String contents(CircusConfig config) {
        return "; " + count(config.watchers().size(), "watcher") + ", "
                + count(config.sockets().size(), "socket");
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String place(Path main, Problem problem) {
        String file = called(main, problem.file()) + ":";
        return problem.line() == 0 ? file : file + problem.line() + ":";
    }

    /** A file below the directory of the main one is called as that is. */
    private static Path called(Path main, Path file) {
        Path absolute = main.toAbsolutePath();
        Path directory = absolute.getParent();
        return directory != null && file.startsWith(directory) ? main.resolveSibling(directory.relativize(file)) : file;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}

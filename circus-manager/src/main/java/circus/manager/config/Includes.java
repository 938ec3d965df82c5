package circus.manager.config;

import circus.options.CircusOptions;
import circus.options.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the main file and the files that its {@code include} and {@code include_dir} name, in this order. What comes first counts, so the main
 * file has the last word. An included file includes nothing itself. Used by one thread.
 */
final class Includes {
    static final Set<Option<?>> OPTIONS = Set.of(CircusOptions.INCLUDE, CircusOptions.INCLUDE_DIR);

    private final Path main;
    private final Map<String, String> processEnvironment;
    private final IniDocument document;
    private final Problems problems;
    private final Set<Path> seen = new HashSet<>();

    private Includes(Path main, Map<String, String> processEnvironment, IniDocument document, Problems problems) {
        this.main = main;
        this.processEnvironment = processEnvironment;
        this.document = document;
        this.problems = problems;
    }

    /** @param main absolute */
    static IniDocument read(Path main, Map<String, String> processEnvironment, Problems problems) {
        IniDocument document = new IniDocument(main);
        new Includes(main, processEnvironment, document, problems).read();
        return document;
    }

    private void read() {
        if (!Files.exists(main)) {
            problems.error(Place.of(main), "cannot read the configuration: there is no such file");
            return;
        }
        try {
            seen.add(main.toRealPath());
            IniFile.read(main, document, problems);
        } catch (IOException e) {
            problems.error(Place.of(main), "cannot read the configuration: " + cause(e));
            return;
        }
        IniSection circus = document.section("circus");
        if (circus != null) {
            patterns(circus).forEach(this::include);
            warnOfNested(circus);
        }
    }

    private record Pattern(Place place, String text) {}

    private List<Pattern> patterns(IniSection circus) {
        List<Pattern> patterns = new ArrayList<>();
        IniEntry files = circus.get(CircusOptions.INCLUDE.key());
        if (files != null) {
            words(files).forEach(word -> patterns.add(new Pattern(files.place(), word)));
        }
        IniEntry directories = circus.get(CircusOptions.INCLUDE_DIR.key());
        if (directories != null) {
            words(directories).forEach(word -> patterns.add(new Pattern(directories.place(), word + "/*.ini")));
        }
        return patterns;
    }

    private List<String> words(IniEntry entry) {
        String expanded = Variables.expand(entry.value(), Variables.environment(processEnvironment));
        return expanded.isBlank() ? List.of() : List.of(expanded.strip().split("\\s+"));
    }

    private void include(Pattern pattern) {
        String absolute = pattern.text().startsWith("/")
                ? pattern.text()
                : main.resolveSibling(pattern.text()).toString();
        List<Path> files = Glob.files(absolute);
        if (files.isEmpty()) {
            problems.warn(
                    pattern.place(),
                    "'" + absolute
                            + "' does not lead to any config. Make sure include paths are relative to the main config file");
        }
        for (Path file : files) {
            include(file, pattern.place());
        }
    }

    private void include(Path file, Place place) {
        if (Files.isDirectory(file)) {
            problems.warn(place, "the directory " + file + " is not included; name it in include_dir, or its files");
            return;
        }
        try {
            if (seen.add(file.toRealPath())) {
                IniFile.read(file, document, problems);
            }
        } catch (IOException e) {
            problems.warn(place, file + " is not included, since it cannot be read: " + cause(e));
        }
    }

    private void warnOfNested(IniSection circus) {
        for (Option<?> option : OPTIONS) {
            IniEntry entry = circus.get(option.key());
            if (entry != null && !entry.place().file().equals(main)) {
                problems.warn(entry.place(), option.key() + " has no effect in a file that is included itself");
            }
        }
    }

    private static String cause(IOException e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName().replace("Exception", "") + (message == null ? "" : " (" + message + ")");
    }
}

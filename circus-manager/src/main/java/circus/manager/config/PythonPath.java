package circus.manager.config;

import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the modules of hooks and streams are looked for. Pure functions; any thread. */
public final class PythonPath {
    private static final String NAME = "PYTHONPATH";

    private PythonPath() {}

    /** What PYTHONPATH says in the environments of any of these watchers, in their order; as in Circus it counts for the hooks of all. */
    public static List<String> of(Collection<WatcherConfig> watchers) {
        Set<String> directories = new LinkedHashSet<>();
        watchers.forEach(watcher -> directories.addAll(in(watcher.environment())));
        return List.copyOf(directories);
    }

    /** What it says in this environment. */
    public static List<String> in(Map<String, String> environment) {
        List<String> directories =
                new ArrayList<>(List.of(environment.getOrDefault(NAME, "").split(File.pathSeparator)));
        directories.removeIf(String::isEmpty);
        return directories;
    }
}

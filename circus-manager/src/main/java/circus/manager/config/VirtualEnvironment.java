package circus.manager.config;

import circus.options.BadValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A virtual environment of Python, and what processes need to run in it (contract/config.md 4.6): its programs come first in PATH, and
 * PYTHONPATH has its packages. Circus takes the version of the Python it runs on; ours, which runs on none, takes the only one there is.
 * What the disk says is read when the configuration is.
 */
final class VirtualEnvironment {
    private static final String PACKAGES = "site-packages";

    /** What Python calls the folder of a version, by its implementations. */
    private static final List<String> IMPLEMENTATIONS = List.of("python", "pypy");

    private final Path root;
    private final Path packages;
    private final List<String> named;

    private VirtualEnvironment(Path root, Path packages, List<String> named) {
        this.root = root;
        this.packages = packages;
        this.named = named;
    }

    /**
     * @param directory a relative one counts from circusd's own
     * @param version of Python, such as 3.11
     * @throws BadValueException if there is none of that version, or several and none was chosen
     */
    static VirtualEnvironment read(String directory, Optional<String> version) throws BadValueException {
        try {
            Path root = Path.of(directory).toAbsolutePath().normalize();
            Path packages = packages(root, version);
            return new VirtualEnvironment(root, packages, named(packages));
        } catch (InvalidPathException | IOException e) {
            throw new BadValueException("it cannot be read: " + e);
        }
    }

    private static Path packages(Path root, Optional<String> version) throws BadValueException, IOException {
        Path library = root.resolve("lib");
        if (version.isPresent()) {
            for (String implementation : IMPLEMENTATIONS) {
                Path packages = library.resolve(implementation + version.get()).resolve(PACKAGES);
                if (Files.isDirectory(packages)) {
                    return packages;
                }
            }
            throw new BadValueException(
                    library.resolve("python" + version.get()).resolve(PACKAGES) + " does not exist");
        }
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(library)) {
            try (Stream<Path> folders = Files.list(library)) {
                folders.filter(VirtualEnvironment::isVersion).sorted().forEach(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new BadValueException(library.resolve("pythonX.Y").resolve(PACKAGES) + " does not exist");
        }
        if (found.size() > 1) {
            throw new BadValueException("it has several versions ("
                    + String.join(
                            ", ", found.stream().map(VirtualEnvironment::name).toList())
                    + "); choose one with virtualenv_py_ver");
        }
        return found.get(0).resolve(PACKAGES);
    }

    private static boolean isVersion(Path folder) {
        String name = name(folder);
        return IMPLEMENTATIONS.stream()
                        .anyMatch(implementation -> name.startsWith(implementation)
                                && name.substring(implementation.length()).matches("\\d.*"))
                && Files.isDirectory(folder.resolve(PACKAGES));
    }

    private static String name(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    /** The folders that its {@code .pth} files name, as far as they are there (Python's module site); their {@code import} lines are not for us. */
    private static List<String> named(Path packages) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(packages)) {
            files = all.filter(file -> file.toString().endsWith(".pth") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
        Set<String> named = new LinkedHashSet<>();
        for (Path file : files) {
            // What is no UTF-8 names no folder that there is; the other lines count.
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\\R")) {
                String path = line.strip();
                boolean isPath = !path.isEmpty() && !path.startsWith("#") && !path.matches("import\\s.*");
                if (isPath && Files.exists(packages.resolve(path))) {
                    named.add(packages.resolve(path).normalize().toString());
                }
            }
        }
        return List.copyOf(named);
    }

    /**
     * An environment with this one in it.
     *
     * @param declared names of the variables that somebody has chosen for these processes
     */
    Map<String, String> in(Map<String, String> environment, Set<String> declared) {
        Map<String, String> result = new LinkedHashMap<>(environment);
        Path programs = root.resolve("bin");
        if (Files.isDirectory(programs)) {
            result.put("PATH", joined(Stream.of(programs.toString()), environment.get("PATH"), Stream.empty()));
        }
        result.put("PYTHONPATH", joined(named.stream(), environment.get("PYTHONPATH"), Stream.of(packages.toString())));
        if (!declared.contains("VIRTUAL_ENV")) {
            result.put("VIRTUAL_ENV", root.toString());
        }
        return result;
    }

    private static String joined(Stream<String> before, @Nullable String path, Stream<String> after) {
        Set<String> all = new LinkedHashSet<>(before.toList());
        if (path != null && !path.isEmpty()) {
            all.addAll(List.of(path.split(":", -1)));
        }
        after.forEach(all::add);
        return String.join(":", all);
    }
}

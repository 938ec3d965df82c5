package circus.manager.python;

import circus.manager.home.Home;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The {@code python3} that runs what is written in Python: the first on circusd's PATH. Immutable; any thread.
 *
 * @param program as found
 * @param helper our part in Python
 * @param environment of the processes
 */
public record Interpreter(Path program, Path helper, Map<String, String> environment) {
    private static final String PROGRAM = "python3";

    /** Below the home of a release. */
    private static final String HELPER = "lib/python/circus_helper";

    public Interpreter {
        environment = Map.copyOf(environment);
    }

    /** @return empty where there is none, or our own part is missing */
    public static Optional<Interpreter> find(Map<String, String> environment) {
        Optional<Path> helper = ownPart();
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(path -> Files.isExecutable(path) && !Files.isDirectory(path))
                .findFirst()
                .flatMap(program -> helper.map(found -> new Interpreter(program, found, environment)));
    }

    private static Optional<Path> ownPart() {
        return Home.find().map(home -> home.resolve(HELPER)).filter(Files::isDirectory);
    }

    /** How a helper is started. */
    public List<String> command(String mode, String... words) {
        List<String> command = new ArrayList<>(List.of(program.toString(), helper.toString(), mode));
        command.addAll(List.of(words));
        return command;
    }

    Process start(String mode) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(mode));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }
}

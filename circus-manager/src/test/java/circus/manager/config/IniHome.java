package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A directory with ini files, loaded with an environment that tests know. */
final class IniHome {
    static final Map<String, String> ENVIRONMENT = Map.of("USER", "tarek", "HOME", "/root", "PATH", "/bin:/usr/bin");

    private final Path home;

    IniHome(Path home) {
        this.home = home;
    }

    Path path(String name) {
        return home.resolve(name);
    }

    IniHome with(String name, String... lines) {
        try {
            Path file = path(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, String.join("\n", lines) + "\n");
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    CircusConfig load(String... lines) {
        with("main.ini", lines);
        try {
            return CircusConfig.load(path("main.ini"), ENVIRONMENT);
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** The only watcher of a file. */
    WatcherConfig watcher(String... lines) {
        List<WatcherConfig> watchers = load(lines).watchers();
        assertThat(watchers).hasSize(1);
        return watchers.get(0);
    }

    /** Each as {@code [FILE:]LINE: TEXT}, where the main file goes without its name. */
    List<String> warnings(String... lines) {
        return load(lines).warnings().stream().map(this::shown).toList();
    }

    List<String> errors(String... lines) {
        with("main.ini", lines);
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> CircusConfig.load(path("main.ini"), ENVIRONMENT));
        assertThat(thrown).as("the configuration loads").isNotNull();
        return thrown.problems().stream().map(this::shown).toList();
    }

    private String shown(Problem problem) {
        String name = home.relativize(problem.file()).toString();
        return (name.equals("main.ini") ? "" : name + ":") + problem.line() + ": "
                + problem.text().replace(home.toString(), "HOME");
    }
}

package circus.manager.config;

import circus.manager.extension.Extensions;
import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A whole configuration, checked. Immutable; any thread may use it.
 *
 * @param file the main file, absolute, with links as they are
 * @param name what this circusd is called in the kernel
 * @param options the values of {@link circus.options.CircusOptions}
 * @param watchers sorted by name
 * @param sockets sorted by name
 * @param warnings what will not do what its author may expect
 * @param text all that the files say, for {@link #restore}
 */
public record CircusConfig(
        Path file,
        String name,
        OptionValues options,
        List<WatcherConfig> watchers,
        List<SocketConfig> sockets,
        List<Problem> warnings,
        String text) {
    public CircusConfig {
        watchers = List.copyOf(watchers);
        sockets = List.copyOf(sockets);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads {@code file} and what it includes.
     *
     * @param processEnvironment circusd's own environment, for {@code copy_env}, {@code $NAME} and {@code $(circus.env.NAME)}
     * @throws ConfigException with all mistakes, when there is at least one
     */
    public static CircusConfig load(Path file, Map<String, String> processEnvironment) throws ConfigException {
        return new ConfigReader(file, processEnvironment).read();
    }

    /**
     * What a program says in the place of a file.
     *
     * @param place what paths are relative to: they are beside it; no such file is looked for
     * @param sections options and their texts, by the names of their sections, as they would stand in a file
     * @throws ConfigException with all mistakes, when there is at least one
     */
    public static CircusConfig of(
            Path place, Map<String, Map<String, String>> sections, Map<String, String> processEnvironment)
            throws ConfigException {
        return new ConfigReader(place, processEnvironment).read(sections);
    }

    /** The jars and directories in which hooks in Java are looked for. */
    public List<Path> extensionPath() {
        return extensionPath(file, options);
    }

    /** The classes that add commands, and are no service providers. */
    public List<String> commands() {
        return commands(options);
    }

    static List<String> commands(OptionValues options) {
        return Stream.of(options.get(CircusOptions.COMMANDS).orElse("").split("[\\s,]+"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** circusd's own key pair for CURVE. */
    public Optional<Path> curveServerKey() {
        return options.get(CircusOptions.CURVE_SERVER_KEY).map(name -> beside(file, name));
    }

    /** The public keys of those who may connect: a file or a directory. */
    public Optional<Path> curveClients() {
        return options.get(CircusOptions.CURVE_CLIENTS).map(name -> beside(file, name));
    }

    /** The file of the audit; empty when it goes to circusd's own log. */
    public Optional<Path> auditLog() {
        return auditLog(file, options);
    }

    static Optional<Path> auditLog(Path file, OptionValues options) {
        return options.get(CircusOptions.AUDIT_LOG)
                .filter(name -> !name.isBlank() && !name.strip().equals("-"))
                .map(name -> beside(file, name));
    }

    static Path beside(Path file, String name) {
        return file.toAbsolutePath().resolveSibling(name.strip());
    }

    static List<Path> extensionPath(Path file, OptionValues options) {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        return Extensions.places(options.get(CircusOptions.EXTENSION_PATH).orElse(""), directory);
    }

    /**
     * The configuration that had this {@link #text}, as it is in this environment. Files are not looked at.
     *
     * @throws ConfigException when it is none, or cannot be used any more
     */
    public static CircusConfig restore(Path file, String text, Map<String, String> processEnvironment)
            throws ConfigException {
        return new ConfigReader(file, processEnvironment).restore(text);
    }
}

package circus.manager;

import circus.manager.Arguments.Name;
import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.config.Problem;
import circus.options.CircusOptions;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon is to run: its configuration, and what the command line says in its place.
 *
 * @param arguments the command line, which counts more than the configuration
 * @param stateFile where what is done at run time is kept beside the kernel
 * @param fresh forget what was done at run time
 * @param origin from where the configuration is had once more
 * @param embedded where this is no process of its own: what is the program's, its log as a whole above all, is left alone
 */
record Settings(
        CircusConfig config,
        Arguments arguments,
        Optional<Path> pidFile,
        Path stateFile,
        boolean fresh,
        ConfigurationFile.Origin origin,
        Optional<Embedded.Ways> embedded) {
    private static final System.Logger LOG = System.getLogger(Settings.class.getName());

    /** Loads the configuration and directs the log to where it says. */
    static Settings load(Arguments arguments, Map<String, String> environment) throws StartupException {
        Path file = arguments.config().orElseThrow();
        if (!Files.exists(file)) {
            throw new StartupException("the configuration file '" + file + "' does not exist");
        }
        CircusConfig config;
        try {
            config = CircusConfig.load(file, environment);
        } catch (ConfigException mistakes) {
            throw new StartupException(String.valueOf(mistakes.getMessage()));
        }
        startLogging(arguments, config);
        return of(config, arguments, environment, again -> CircusConfig.load(config.file(), again), Optional.empty());
    }

    /** What a program has its manager run; the log is the program's. */
    static Settings embedded(
            CircusConfig config, Map<String, String> environment, ConfigurationFile.Origin origin, Embedded.Ways ways) {
        return of(config, Arguments.none(), environment, origin, Optional.of(ways));
    }

    private static Settings of(
            CircusConfig config,
            Arguments arguments,
            Map<String, String> environment,
            ConfigurationFile.Origin origin,
            Optional<Embedded.Ways> embedded) {
        for (Problem warning : config.warnings()) {
            LOG.log(Level.WARNING, String.valueOf(warning));
        }
        Optional<String> pidFile =
                arguments.get(Name.PIDFILE).or(() -> config.options().get(CircusOptions.PIDFILE));
        Path stateFile = config.options()
                .get(CircusOptions.STATE_FILE)
                .map(name -> config.file().resolveSibling(name))
                .orElseGet(() -> StateFolder.of(environment).resolve(config.name() + ".json"));
        return new Settings(
                config, arguments, pidFile.map(Path::of), stateFile, arguments.has(Name.FRESH), origin, embedded);
    }

    /** Has the log tell as much as a new configuration wants; a program's log is its own. */
    void setLogLevel(CircusConfig changed) {
        if (embedded.isEmpty()) {
            setLogLevel(arguments, changed);
        }
    }

    /** Has the log tell as much as this configuration wants, unless the command line says how much that is. */
    private static void setLogLevel(Arguments arguments, CircusConfig config) {
        DaemonLog.get()
                .level(arguments
                        .get(Name.LOG_LEVEL)
                        .or(() -> config.options().get(CircusOptions.LOGLEVEL))
                        .flatMap(LogLevel::parse)
                        .orElse(LogLevel.INFO));
    }

    private static void startLogging(Arguments arguments, CircusConfig config) throws StartupException {
        setLogLevel(arguments, config);
        Optional<String> output =
                arguments.get(Name.LOG_OUTPUT).or(() -> config.options().get(CircusOptions.LOGOUTPUT));
        if (output.isPresent()) {
            DaemonLog.get().to(output.get());
        }
    }
}

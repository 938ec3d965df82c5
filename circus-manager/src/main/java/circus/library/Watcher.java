package circus.library;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One command, and how many processes of it are to run: what a section {@code [watcher:NAME]} of a configuration file says. Immutable: each
 * method tells of another watcher, with one more thing said. Any thread.
 *
 * <p>Options are those of docs/options.md, with the same values; so {@code $(circus.wid)}, {@code $(circus.sockets.NAME)} and the like are
 * replaced. Whether they are right is told when the manager is started.
 */
public final class Watcher {
    private final String name;
    private final Map<String, String> options;
    private final Map<String, String> environment;

    private Watcher(String name, Map<String, String> options, Map<String, String> environment) {
        this.name = name;
        this.options = options;
        this.environment = environment;
    }

    /**
     * A watcher that is called like its program: {@code sleep} for {@code /bin/sleep 1000}.
     *
     * @param cmd the command, split as a shell does, and run without one
     */
    public static Watcher of(String cmd) {
        String program = cmd.strip().split("\\s+", 2)[0];
        return named(program.substring(program.lastIndexOf('/') + 1)).cmd(cmd);
    }

    /** A watcher of that name, which needs a {@link #cmd} yet. */
    public static Watcher named(String name) {
        return new Watcher(name, Map.of(), Map.of());
    }

    /** The command, split as a shell does, and run without one. */
    public Watcher cmd(String cmd) {
        return option("cmd", cmd);
    }

    /** How many processes are to run; 1 where nothing is said. */
    public Watcher numprocesses(int count) {
        return option("numprocesses", count);
    }

    /**
     * Any option, by its name in a configuration file: {@code option("graceful_timeout", 5)}, {@code option("stdout_stream.class",
     * "FileStream")}, {@code option("rlimit_nofile", 500)}, {@code option("hooks.before_start", "com.example.Ready")}.
     *
     * @param value as a file would have it; of an object its text counts
     */
    public Watcher option(String key, Object value) {
        return new Watcher(name, with(options, key, String.valueOf(value)), environment);
    }

    /** A variable of the environment of the processes, which is empty but for these, unless {@code copy_env} is true. */
    public Watcher env(String variable, String value) {
        return new Watcher(name, options, with(environment, variable, value));
    }

    String name() {
        return name;
    }

    Map<String, String> options() {
        return options;
    }

    Map<String, String> environment() {
        return environment;
    }

    static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return Collections.unmodifiableMap(more);
    }
}

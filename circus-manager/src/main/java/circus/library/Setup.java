package circus.library;

import circus.command.spi.Command;
import circus.manager.Embedded;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a manager is to be like, before it is started. By {@link Circus#setup()}. One thread.
 *
 * <p>Where nothing else is said, commands and events have Unix sockets beside the kernel's, for this user alone and under the manager's name, so
 * that no two managers are in each other's way.
 */
public final class Setup {
    private static final String CIRCUS = "circus";
    private static final int HASH_BYTES = 4;
    private static final int LONGEST_WORD = 30;

    /** [env:PATTERNS] has a list of patterns. */
    private static final Pattern PATTERN = Pattern.compile(".*[,*?\\[\\]].*");

    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    private Map<String, String> environment = System.getenv();
    private OutputStream output = OutputStream.nullOutputStream();
    private OutputStream errors = OutputStream.nullOutputStream();
    private final List<Command> commands = new ArrayList<>();
    private @Nullable Path file;

    Setup() {}

    /**
     * What the manager is called. Under the same name a later run of the program finds the workers that a killed one has left. Where none is
     * given it is that of the program, with a hash of its directory. A program that has several managers gives each of them one, and so does one
     * that is started as {@code java File.java}: the JVM calls all of these {@code Main}, so that two in one directory would be in each other's way.
     *
     * @param name 1 to 48 letters, digits, {@code _} and {@code -}
     */
    public Setup name(String name) {
        return option("name", name);
    }

    /**
     * One more watcher.
     *
     * @throws IllegalArgumentException if it has no command, or there is one of that name already
     */
    public Setup watcher(Watcher watcher) {
        if (!watcher.options().containsKey("cmd")) {
            throw new IllegalArgumentException("cannot have a watcher '" + watcher.name() + "' without a cmd");
        }
        section("watcher:" + watcher.name(), watcher.options());
        if (!watcher.environment().isEmpty()) {
            if (PATTERN.matcher(watcher.name()).matches()) {
                throw new IllegalArgumentException("cannot give the watcher '" + watcher.name()
                        + "' variables of its own: a name with one of , * ? [ ] is a pattern there");
            }
            section("env:" + watcher.name(), watcher.environment());
        }
        return this;
    }

    /**
     * One more socket.
     *
     * @throws IllegalArgumentException if there is one of that name already
     */
    public Setup socket(Socket socket) {
        return section("socket:" + socket.name(), socket.options());
    }

    /**
     * One more plugin.
     *
     * @param use its class, as in a configuration file
     * @param options the others of its section
     * @throws IllegalArgumentException if there is one of that name already
     */
    public Setup plugin(String name, String use, Map<String, String> options) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("use", use);
        all.putAll(options);
        return section("plugin:" + name, all);
    }

    /** One more command, which this program carries out. */
    public Setup command(Command command) {
        commands.add(command);
        return this;
    }

    /** Where commands are taken: {@code tcp://HOST:PORT} or {@code ipc://PATH}. circusctl asks at {@code tcp://127.0.0.1:5555}. */
    public Setup endpoint(String endpoint) {
        return option("endpoint", endpoint);
    }

    /** Where events are published: {@code tcp://HOST:PORT} or {@code ipc://PATH}. */
    public Setup pubsubEndpoint(String endpoint) {
        return option("pubsub_endpoint", endpoint);
    }

    /** Any other option of {@code [circus]}, by its name in a configuration file: {@code option("statsd", true)}. */
    public Setup option(String key, Object value) {
        sections.computeIfAbsent(CIRCUS, missing -> new LinkedHashMap<>()).put(key, String.valueOf(value));
        return this;
    }

    /**
     * A configuration file, which says everything: nothing but {@link #environment}, commands and where output goes may be told beside it. It counts as
     * with circusd, so its endpoints are those of circusd unless it says otherwise.
     */
    public Setup file(Path configuration) {
        file = configuration;
        return this;
    }

    /** The environment that watchers with {@code copy_env} copy, and variables in options stand for; that of the program where none is given. */
    public Setup environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /**
     * Where goes what workers print that have no stream of their own, or a {@code StdoutStream}. Nowhere where nothing is said: {@code
     * circusctl tail} shows the latest of it, in any case.
     *
     * @param out for stdout; written to on a thread of the manager's
     * @param err for stderr
     */
    public Setup output(OutputStream out, OutputStream err) {
        output = out;
        errors = err;
        return this;
    }

    /** What workers print goes to standard output and standard error of this program. */
    public Setup inheritIO() {
        return output(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /**
     * Starts the manager, on a thread of its own, and returns when it takes commands; the watchers are started then. That thread keeps the
     * JVM running.
     *
     * @throws CannotManageException if the configuration has mistakes, an endpoint is taken, or the kernel does not come up
     */
    public Circus start() throws CannotManageException {
        if (file != null && !sections.isEmpty()) {
            throw new IllegalStateException("cannot use the file " + file + " together with sections "
                    + sections.keySet() + " of the program's own: write them into the file");
        }
        try {
            return Circus.start(new Embedded(new Embedded.Plan(
                    sections, Optional.ofNullable(file), ownName(), commands, environment, output, errors)));
        } catch (Embedded.FailedException cannot) {
            throw new CannotManageException(cannot.getMessage());
        }
    }

    private Setup section(String title, Map<String, String> options) {
        if (sections.putIfAbsent(title, options) != null) {
            throw new IllegalArgumentException("cannot have two [" + title + "]");
        }
        return this;
    }

    /** Of the class or jar that runs, and where: the same program at the same place has the same name each time. */
    private static String ownName() {
        String main = System.getProperty("sun.java.command", "java").strip().split("\\s+", 2)[0];
        String word =
                main.replaceFirst("\\.jar$", "").replaceFirst(".*[./]", "").replaceAll("[^A-Za-z0-9_-]", "-");
        String place = main + "\n" + Path.of("").toAbsolutePath();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(place.getBytes(StandardCharsets.UTF_8));
            return word.substring(0, Math.min(word.length(), LONGEST_WORD)) + "-"
                    + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

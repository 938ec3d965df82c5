package circus.tests.harness;

import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file and the managers that run it, one after the other: {@code bin/circusd FILE}. Its endpoints are free
 * ports; its kernel, unless told otherwise, listens in the home. One thread uses it.
 */
public final class Circus {
    private static final Duration TO_START = Duration.ofSeconds(30);
    private static final Duration TO_ANSWER = Duration.ofSeconds(20);

    private final Home home;
    private final String name;
    private final Path file;
    private final String endpoint;
    private final String eventEndpoint;
    private final Path kernelSocket;
    private @Nullable Daemon manager;

    private Circus(Home home, String name, Path file, String endpoint, String eventEndpoint, Path kernelSocket) {
        this.home = home;
        this.name = name;
        this.file = file;
        this.endpoint = endpoint;
        this.eventEndpoint = eventEndpoint;
        this.kernelSocket = kernelSocket;
    }

    /** @param options more lines of {@code [circus]}; a {@code papa_endpoint} among them takes the place of ours */
    static Circus write(Home home, String name, String options, String sections) {
        String endpoint = "tcp://127.0.0.1:" + Home.freePort();
        String eventEndpoint = "tcp://127.0.0.1:" + Home.freePort();
        Path socket = home.path(name + ".sock");
        String kernel = options.contains("papa_endpoint") ? "" : "papa_endpoint = ipc://" + socket + "\n";
        Path file = home.write(
                name + ".ini",
                "[circus]\nendpoint = " + endpoint + "\npubsub_endpoint = " + eventEndpoint + "\n" + kernel + options
                        + "\n" + sections);
        home.remember(file);
        return new Circus(home, name, file, endpoint, eventEndpoint, socket);
    }

    /** The same configuration on the kernel that it gets when it names none. */
    public Circus onDefaultKernel() {
        String text = Home.read(file);
        home.write(file.getFileName().toString(), text.replaceFirst("papa_endpoint = [^\n]*\n", ""));
        return new Circus(home, name, file, endpoint, eventEndpoint, defaultKernelSocket(file));
    }

    /** The same configuration at other endpoints. */
    public Circus at(String otherEndpoint, String otherEventEndpoint) {
        String text = Home.read(file);
        home.write(
                file.getFileName().toString(),
                text.replace("\nendpoint = " + endpoint, "\nendpoint = " + otherEndpoint)
                        .replace("pubsub_endpoint = " + eventEndpoint, "pubsub_endpoint = " + otherEventEndpoint));
        return new Circus(home, name, file, otherEndpoint, otherEventEndpoint, kernelSocket);
    }

    /** The same configuration at Unix sockets in the home: {@code NAME.control} and {@code NAME.events}. */
    public Circus atUnixSockets() {
        return at("ipc://" + home.path(name + ".control"), "ipc://" + home.path(name + ".events"));
    }

    public Path file() {
        return file;
    }

    public String endpoint() {
        return endpoint;
    }

    public String eventEndpoint() {
        return eventEndpoint;
    }

    public Path kernelSocket() {
        return kernelSocket;
    }

    /** Edits the configuration file, which the manager does not see by itself. */
    public void edit(String before, String after) {
        String text = Home.read(file);
        if (!text.contains(before)) {
            throw new IllegalArgumentException("no '" + before + "' in " + file);
        }
        home.write(file.getFileName().toString(), text.replace(before, after));
    }

    /** Starts a manager; returns when it says that it waits for commands. */
    public Daemon start(String... arguments) {
        Daemon started = launch(arguments);
        awaitCommands(started);
        return started;
    }

    /** Returns when it says that it waits for commands. */
    public void awaitCommands(Daemon started) {
        await(name + " waits for commands").atMost(TO_START).until(() -> {
            if (!started.isAlive()) {
                throw new AssertionError("circusd has ended:\n" + started.story());
            }
            return started.errors().contains("Arbiter now waiting for commands");
        });
    }

    /** Starts a manager and does not wait. */
    public Daemon launch(String... arguments) {
        List<String> words = new ArrayList<>(List.of(file.toString()));
        words.addAll(List.of(arguments));
        manager = home.daemon(name, "circusd", words);
        return manager;
    }

    /** Starts a manager by another program, which it takes the place of; does not wait. */
    public Daemon launchBelow(String... program) {
        manager = home.daemon(name, List.of(program), Installation.launcher("circusd"), List.of(file.toString()));
        return manager;
    }

    /** Starts another program with the configuration file as its last word, instead of our manager; does not wait. */
    public Daemon launchInstead(List<String> program) {
        manager = home.daemon(
                name,
                program.subList(0, program.size() - 1),
                Path.of(program.get(program.size() - 1)),
                List.of(file.toString()));
        return manager;
    }

    /** The manager started last. */
    public Daemon manager() {
        if (manager == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return manager;
    }

    /** Runs {@code bin/circusctl --endpoint OURS …}. */
    public Commands.Result ctl(String... words) {
        List<String> command = new ArrayList<>(List.of("--endpoint", endpoint, "--timeout", "20"));
        command.addAll(List.of(words));
        return home.run(Duration.ofSeconds(30), Installation.launcher("circusctl"), command.toArray(String[]::new));
    }

    /** What a command that must succeed prints. */
    public String tell(String... words) {
        return ctl(words).mustSucceed().text();
    }

    /** One request by our own client, without a process: for what is asked often. */
    public Answer call(String command, Map<String, @Nullable Object> properties) {
        try (CircusClient client = new CircusClient(endpoint)) {
            return client.call(new Request(CircusClient.freshId(), command, properties, false), TO_ANSWER);
        } catch (CallException failure) {
            throw new AssertionError(failure);
        }
    }

    /** One request of which anything may become: nothing when circusd goes away or does not answer in time. */
    public Optional<Answer> ask(String command, Map<String, @Nullable Object> properties, Duration limit) {
        try (CircusClient client = new CircusClient(endpoint)) {
            return Optional.of(client.call(new Request(CircusClient.freshId(), command, properties, false), limit));
        } catch (CallException gone) {
            return Optional.empty();
        }
    }

    /** The pids of a watcher's workers, in the order of {@code list}. */
    public List<Integer> pids(String watcher) {
        Answer answer = call("list", Map.of("name", watcher));
        if (!(answer.fields().get("pids") instanceof List<?> pids)) {
            throw new AssertionError("no pids of " + watcher + ": " + answer);
        }
        return pids.stream().map(pid -> ((Number) pid).intValue()).toList();
    }

    /** Waits until a watcher has that many workers, and tells their pids. */
    public List<Integer> awaitWorkers(String watcher, int count) {
        return await(count + " workers of " + watcher)
                .atMost(TO_ANSWER)
                .until(() -> pids(watcher), pids -> pids.size() == count);
    }

    /** The kernel's own word, at its prompt. */
    public String askKernel(String line) {
        try (PapaSession session = PapaSession.open(kernelSocket)) {
            return session.ask(line);
        } catch (IOException refused) {
            throw new AssertionError("cannot connect to " + kernelSocket, refused);
        }
    }

    /** A connection to the kernel, as at its prompt. */
    public PapaSession kernelSession() {
        return PapaSession.connect(kernelSocket);
    }

    /** True while a kernel answers. */
    public boolean hasKernel() {
        try (PapaSession session = PapaSession.open(kernelSocket)) {
            return session.isOpen();
        } catch (IOException refused) {
            return false;
        }
    }

    /** {@code circusctl quit --terminate}; returns when the manager has ended and nothing of it is left. */
    public void terminate() {
        ctl("quit", "--terminate").mustSucceed();
        int code = manager().awaitExit(Duration.ofSeconds(20));
        if (code != 0) {
            throw new AssertionError("circusd ended with " + code + " after quit --terminate\n"
                    + manager().story());
        }
    }

    /** Where the kernel of a configuration listens that names neither {@code papa_endpoint} nor {@code name}. */
    public static Path defaultKernelSocket(Path configuration) {
        try {
            Path real = configuration.toRealPath();
            String base = real.getFileName().toString().replaceFirst("\\.ini$", "");
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(real.toString().getBytes(StandardCharsets.UTF_8));
            String arbiter = base + "-" + HexFormat.of().formatHex(hash, 0, 4);
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            Path folder = uid == 0 ? Path.of("/run/circus") : Path.of("/tmp/circus-" + uid);
            return folder.resolve(arbiter + ".sock");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void removeDefaultKernelFiles(Path configuration) {
        Path socket = defaultKernelSocket(configuration);
        try {
            for (String suffix : List.of("", ".lock", ".log", ".events", ".output", ".workers")) {
                Files.deleteIfExists(socket.resolveSibling(socket.getFileName() + suffix));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
